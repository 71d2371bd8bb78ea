"""Makes the private environment that every other script runs in; `scripts/bootstrap` starts it.

It runs on the machine's own Python (3.11 or later) with nothing but the standard library.
"""
