"""The page for whoever stands before the device: what is connected, what waits, a drill."""
