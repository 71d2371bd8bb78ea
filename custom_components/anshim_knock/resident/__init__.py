"""The resident's page: two buttons, and what the house believes. Nothing on the ladder needs it."""
