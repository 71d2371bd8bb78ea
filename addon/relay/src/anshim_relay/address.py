"""Where the district is: what the options say, else what a technician entered on the page.

The options may name further addresses, at which the same district answers.

Read at each request to the district; on disk, so that a restart finds it.
"""

from collections.abc import Sequence
from pathlib import Path

import orjson

from anshim_relay import log
from anshim_relay.identity import write_private
from anshim_relay.invitation import district_url
from anshim_relay.option_values import BadOptionsError

FILE = "district.json"


class Address:
    def __init__(self, data: Path, option: str, others: Sequence[str] = ()) -> None:
        self._path = data / FILE
        self._others = others
        # Whoever writes it into the options moves the kit; the page must not undo that.
        self.is_fixed = bool(option)
        self.url = option or read(self._path)

    @property
    def places(self) -> int:
        return 1 + len(self._others)

    def at(self, place: int) -> str:
        return self._others[place - 1] if place else self.url

    def enter(self, url: str) -> None:
        write_private(self._path, orjson.dumps({"version": 1, "url": url}))
        self.url = url


def read(path: Path) -> str:
    """Nothing readable is nothing entered: a person is asked for it again."""
    try:
        return district_url(orjson.loads(path.read_bytes())["url"])
    except FileNotFoundError:
        return ""
    except (AttributeError, BadOptionsError, KeyError, OSError, TypeError, ValueError) as error:
        log.error("district_address_lost", error=type(error).__name__,
                  do="enter the district's address again")  # fmt: skip
        return ""
