"""Choosing, proving and returning sensors, as a technician meets it in the flows."""
