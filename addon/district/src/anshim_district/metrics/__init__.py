"""What an operator's Prometheus reads: figures of this worker, and of what all workers share."""
