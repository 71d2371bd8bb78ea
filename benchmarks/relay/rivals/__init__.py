"""The relay beside what an expert would set up instead: a Mosquitto bridge."""
