"""The household's state on disk: one file, written atomically, synced, errors raised.

The coordinator writes before it acts. What cannot be understood is kept aside and reported, never
replaced by a fresh calm home. What the disk does not give out is kept aside as well, to be read
again: `reunion` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import json
from pathlib import Path
import time
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.file import write_utf8_file_atomic

from .const import DOMAIN
from .logic.household import Household
from .logic.rungs import Why
from .logic.snapshot import from_dict, to_dict
from .relay.words import CaseNews, case_from_dict, case_to_dict

_UNREAD, _MOST_UNREAD = ".unread-", 9
# A program that has too many files open for a moment has fewer a moment later.
_TRY_AGAIN_AFTER_S = (0.1, 0.4, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that one write keeps together. `heard` is the downlink number acted on last."""

    household: Household
    heard: int = 0
    case: CaseNews | None = None
    why: Why | None = None


class StateDamagedError(Exception):
    """The file makes no sense; it lies aside. Start blind and tell a person."""


class StateUnreadableError(Exception):
    """The disk does not give the file out, which may be whole. Start blind and read it again."""


def state_path(hass: HomeAssistant, entry_id: str) -> Path:
    return Path(hass.config.path(STORAGE_DIR, f"{DOMAIN}.{entry_id}.household"))


class StateFile:
    """Used in the executor only, one call at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # It may be whole and could not be moved out of the way: nothing is written over it.
        self._in_the_way = False

    def load(self) -> Kept | None:
        """`None` where no file is. Raises `StateDamagedError` and `StateUnreadableError`.

        The file lies aside then.
        """
        try:
            return _patiently_read(self._path)
        except FileNotFoundError:
            return None
        except OSError as err:
            self._in_the_way = True
            self._make_way()
            raise StateUnreadableError(str(err)) from err
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            self._put_aside()
            raise StateDamagedError(str(err)) from err

    def unread(self) -> list[Path]:
        """What could not be read at some start, the oldest first."""
        return [path for path in self._asides() if path.exists()]

    def read_again(self, path: Path) -> Kept:
        """One of `unread`. Raises like `load`; a damaged one is no longer among them then."""
        try:
            return _read_from(path)
        except OSError as err:
            raise StateUnreadableError(str(err)) from err
        except (ValueError, KeyError, TypeError, AttributeError) as err:
            self._put_aside(path)
            raise StateDamagedError(str(err)) from err

    def write(self, kept: Kept) -> None:
        """Raises `OSError` or Home Assistant's `WriteError`."""
        if self._in_the_way and not self._make_way():
            raise OSError(f"{self._path} was not read and cannot be moved away")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_utf8_file_atomic(str(self._path), json.dumps(_written(kept)), private=True)

    def remove(self) -> None:
        """The household has gone: nothing of it stays, neither what was put aside."""
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink(missing_ok=True)

    def _put_aside(self, path: Path | None = None) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            (path or self._path).replace(aside)
        except OSError:
            # A disk that can neither be read nor written is reported at the first write.
            return

    def _make_way(self) -> bool:
        """Nothing that lies aside already is replaced: it may be whole, too."""
        taken = self.unread()
        free = [path for path in self._asides() if not taken or path.suffix > taken[-1].suffix]
        try:
            self._path.rename(free[0])
        except IndexError, OSError:
            # Reported at the first write, which fails as long as this does.
            return False
        self._in_the_way = False
        return True

    def _asides(self) -> list[Path]:
        """Asked for one by one: with too many files open no folder can be listed."""
        name = self._path.name
        return [self._path.with_name(f"{name}{_UNREAD}{n}") for n in range(1, _MOST_UNREAD + 1)]


def _patiently_read(path: Path) -> Kept:
    for pause in _TRY_AGAIN_AFTER_S:
        try:
            return _read_from(path)
        except FileNotFoundError:
            raise
        except OSError:
            time.sleep(pause)
    return _read_from(path)


def _read_from(path: Path) -> Kept:
    return _read(json.loads(path.read_text(encoding="utf-8")))


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
