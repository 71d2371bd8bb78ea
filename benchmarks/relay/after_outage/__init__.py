"""The line is back: a call for help behind a thousand alerts, and thousands of relays at once."""
