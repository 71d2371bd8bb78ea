"""The one way out of the home: what the relay is told, and what comes back."""
