"""What the link needs of the home, and what it tells it. The coordinator is the home."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..logic.clock import Reading
from ..logic.effects import Effect, Json
from .words import Word


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """`reached`: the relay answers. `connected`: and it reaches its district."""

    reached: bool = False
    connected: bool = False
    waiting: int = 0


class Home(Protocol):
    """The household as the link sees it."""

    @property
    def household(self) -> str:
        """Its pseudonym."""

    @property
    def heard(self) -> int:
        """The downlink number up to which everything is safely kept."""

    def waiting(self) -> tuple[Effect, ...]:
        """What still has to be told the relay, most urgent first."""

    def condition(self) -> tuple[Reading, Mapping[str, Json], bool]:
        """For a heartbeat: when, what, and whether the clock is set."""

    async def delivered(self, effect: Effect) -> None:
        """The relay has it on its disk."""

    async def outrun(self, version: int, *, conflict: bool) -> None:
        """The relay knows this version: go on above it."""

    async def heed(self, number: int, word: Word | None) -> None:
        """Act on a word and keep its number. `None`: nothing to act on, but it was read."""

    async def start_hearing_anew(self) -> None:
        """The relay counts from the beginning: it is another one."""

    async def link_is(self, state: LinkState) -> None:
        """Whether relay and district can be reached."""

    async def relay_lost(self, *, lost: bool) -> None:
        """The relay has been away for so long that a person must know; or is back."""

    def relay_full(self, *, full: bool) -> None:
        """The relay's disk takes no more alerts; or takes them again."""

    def relay_refuses(self, code: str | None) -> None:
        """The relay will never take something as it is; `None`: over."""

    def kit_unknown(self, *, unknown: bool) -> None:
        """The district does not know the relay: what is said waits there; or knows it again."""

    def kit_revoked(self, *, revoked: bool) -> None:
        """The relay was reported lost: only calls for help are taken from it; or it is over."""

    def ask_for_token(self) -> None:
        """The relay does not know our token."""
