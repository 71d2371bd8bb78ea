"""SIA DC-09 to a control centre: `frames` and `line` are the relay's own files, word for word."""
