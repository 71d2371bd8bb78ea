"""What contacts read, in their own language. The texts lie beside this file."""

from collections.abc import Mapping
import json
from pathlib import Path

from ..logic.rungs import Why
from ..logic.words import Stage
from .people import Person

_FOLDER = Path(__file__).parent / "texts"
LANGUAGES = ("ko", "en")
_OVER: Mapping[Why | None, str] = {
    Why.LIFE_SEEN: "over_life",
    Why.SAID_OK: "over_ok",
    Why.SEEN_OR_SPOKEN: "over_seen",
    Why.HELP_TAKEN_BACK: "over_taken_back",
}


class Wording:
    """All sentences. Reads files: to be made in the executor."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, str]] = {
            language: json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
            for language in LANGUAGES
        }

    def say(self, person: Person, key: str, **values: str) -> str:
        return self._texts[person.language][key].format(who=person.who, **values)


def alert_key(stage: Stage, *, cut_off: bool) -> str:
    """Which sentence tells of this alert."""
    if stage is Stage.EMERGENCY:
        return "emergency"
    return "unreached" if cut_off else "unowned"


def over_key(why: Why | None) -> str:
    return _OVER.get(why, "over")
