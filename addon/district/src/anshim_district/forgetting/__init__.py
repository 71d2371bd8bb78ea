"""What is kept for how long, and who asked to be forgotten."""
