"""How long nobody listens at the broker when a worker ends."""
