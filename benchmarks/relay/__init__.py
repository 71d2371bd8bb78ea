"""What the relay's figures come from. Each is started with `python -m benchmarks.relay.<name>`."""
