"""The rules of the business: pure functions over frozen values, without I/O, database or framework."""
