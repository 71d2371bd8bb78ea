"""Judges logs of signs of life by the integration's own logic, without Home Assistant."""
