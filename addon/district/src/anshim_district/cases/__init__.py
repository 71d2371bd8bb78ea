"""What becomes of an alert: pure decisions about cases.

No IO, no clock; `now` is an argument, effects are data.
"""
