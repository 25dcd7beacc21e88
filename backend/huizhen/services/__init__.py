"""Use cases; they reach chain, files, mail and clock only through ports."""
