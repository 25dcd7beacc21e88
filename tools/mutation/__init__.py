"""Mutation testing of our contracts: small faults are planted one at a time, and the tests have to notice each."""
