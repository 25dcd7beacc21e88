"""What `huizhen verify` compares, one file an aggregate."""
