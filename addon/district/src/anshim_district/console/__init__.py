"""The pages staff works with: server-rendered, Korean first, alive by an event stream."""
