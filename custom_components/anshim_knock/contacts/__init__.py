"""The resident's own people: told in order, or all at once; what they say closes nothing."""
