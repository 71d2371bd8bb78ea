"""The relay's disk: what is owed, to whom, and what came down. The front door is `Outbox`."""
