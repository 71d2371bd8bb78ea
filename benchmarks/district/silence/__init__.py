"""Very many homes that fall silent at once."""
