"""The relay's door: what a home may send it keeps as it is, and what it refuses it names as the contract does."""
