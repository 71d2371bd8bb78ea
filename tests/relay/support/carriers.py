"""Carriers that the tests play: each answers in its own way, and is called by what it is."""

from typing import override

from anshim_relay.carriers import Carrier


class Played(Carrier):
    """`at_once`: the most events that it takes in one go."""

    at_once = 100

    @property
    @override
    def name(self) -> str:
        return type(self).__name__.lower()

    @property
    @override
    def most(self) -> int:
        return self.at_once
