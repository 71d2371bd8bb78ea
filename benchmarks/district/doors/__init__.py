"""Anything that may be asked of a district is asked."""
