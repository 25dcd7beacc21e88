"""Bank files: one module per format, all read into the same BankStatement."""
