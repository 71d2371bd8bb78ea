"""Power cuts under load: what was answered with 202 must be at the district in the end."""
