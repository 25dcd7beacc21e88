"""Pure functions of (row state, event), one file an aggregate; each ends with its table of event to function."""
