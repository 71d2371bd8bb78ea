"""A district that is killed again and again."""
