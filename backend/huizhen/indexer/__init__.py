"""Head, ranged logs, decoded events, projected rows: committed together with the cursor, in one transaction."""
