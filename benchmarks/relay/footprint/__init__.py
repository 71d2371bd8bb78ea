"""What the relay takes of the small computer in a hallway: memory, processor, card."""
