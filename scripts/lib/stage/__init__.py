"""The stage: real programs on loopback, for `scripts/demo` and the journey and browser tests.

Nothing here is known to the programs under test. They are started, spoken to and killed from
outside, as a technician, a resident, a sensor and a power cut would do it.
"""
