"""One step of the ladder under way: what an act of the table works on, while `decide` runs."""

from dataclasses import dataclass, field
from datetime import datetime

from .clock import Reading
from .household import Household
from .inputs import Due, Input
from .messages import Letter
from .rungs import Sign
from .settings import Settings


@dataclass(slots=True, kw_only=True)
class Turn:
    """`version` is the one that the step gets if it says anything."""

    state: Household
    sign: Sign
    given: Input | Due
    reading: Reading
    settings: Settings
    version: int
    letters: list[Letter] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The wall clock, on the scale that the state's moments are on."""
        return self.reading.wall

    def say(self, *letters: Letter) -> None:
        self.letters += letters
