"""A year of a district in simulated time: the district's own code, everybody else played."""
