"""What the district keeps: tables, one writer with group commit, readers beside it."""
