"""What a district can carry, measured on the real program behind its real front door."""
