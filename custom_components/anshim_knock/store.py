"""The household's state on disk: one file, written atomically, synced, errors raised.

The coordinator writes before it acts. What cannot be read is kept aside and reported, never
replaced by a fresh calm home.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic

from .const import DOMAIN
from .logic.household import Household
from .logic.rungs import Why
from .logic.snapshot import from_dict, to_dict
from .relay.words import CaseNews, case_from_dict, case_to_dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that one write keeps together. `heard` is the downlink number acted on last."""

    household: Household
    heard: int = 0
    case: CaseNews | None = None
    why: Why | None = None


class StateDamagedError(Exception):
    """The file could not be read; it lies aside. Start blind and tell a person."""


def state_path(hass: HomeAssistant, entry_id: str) -> Path:
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.household"))


class StateFile:
    """Used in the executor only, one call at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Kept | None:
        """`None` where no file is. Raises `StateDamagedError`; the damaged file lies aside then."""
        try:
            return _read(json.loads(self._path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
            self._put_aside()
            raise StateDamagedError(str(err)) from err

    def write(self, kept: Kept) -> None:
        """Raises `OSError` or Home Assistant's `WriteError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_utf8_file_atomic(str(self._path), json.dumps(_written(kept)), private=True)

    def remove(self) -> None:
        """The household has gone: nothing of it stays, neither what was put aside."""
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink(missing_ok=True)

    def _put_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            self._path.replace(aside)
        except OSError:
            # A disk that can neither be read nor written is reported at the first write.
            return


def _written(kept: Kept) -> dict[str, Any]:
    return {
        "household": to_dict(kept.household),
        "heard": kept.heard,
        "case": None if kept.case is None else case_to_dict(kept.case),
        "why": kept.why,
    }


def _read(data: Mapping[str, Any]) -> Kept:
    case, why = data["case"], data["why"]
    return Kept(
        household=from_dict(data["household"]),
        heard=int(data["heard"]),
        case=None if case is None else case_from_dict(case),
        why=None if why is None else Why(why),
    )
