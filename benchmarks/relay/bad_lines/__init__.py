"""A line that breaks in every way: what is lost, what is new twice, how soon it is there after."""
