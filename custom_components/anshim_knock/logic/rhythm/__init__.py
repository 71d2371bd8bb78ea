"""The learned limit: how long this home may be silent, for a promise about false alarms.

`Rhythm` is the door. Feed it `activity`, `presence` and `watch`; ask it for the `deadline` of a
rung, or to `explain` itself.
"""

from .model import Rhythm
from .parameters import Parameters, Rung
from .verdict import Explanation, Place, Verdict, Why

__all__ = ["Explanation", "Parameters", "Place", "Rhythm", "Rung", "Verdict", "Why"]
