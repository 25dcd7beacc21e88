"""Proof that a log stands in a block, which a stranger can check with the block's hash alone."""
