"""Coverage of our contracts by the contract tests: marks in the bytecode, and what the tests passed of them."""
