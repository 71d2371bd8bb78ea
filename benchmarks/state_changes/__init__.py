"""What a state change costs in a running Home Assistant: `python -m benchmarks.state_changes`."""
