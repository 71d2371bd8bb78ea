"""SIA DC-09, the language of alarm receiving centres: frames, and what our events are in it."""
