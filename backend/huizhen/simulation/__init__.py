"""Worlds that live on the real contracts: whole lifecycles, made by a seed, for the demo, tests and benches."""
