"""From entities to signs of life: which entities can be sources, and what they show."""
