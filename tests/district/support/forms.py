"""The forms of the console's pages: what each names and offers, as a browser sees it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
import re
from typing import override


@dataclass
class Forms(HTMLParser):
    """By the address they go to: each field with the values that it comes with or offers."""

    by_action: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    _fields: dict[str, list[str]] = field(default_factory=dict)
    _chosen: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = self.by_action.setdefault(given.get("action", ""), {})
        elif tag == "option":
            self._offer(self._chosen, given)
        elif name := given.get("name", ""):
            self._chosen = name
            self._offer(name, given)

    def _offer(self, name: str, given: dict[str, str]) -> None:
        values = self._fields.setdefault(name, [])
        if given.get("value") and given["value"] not in values:
            values.append(given["value"])

    def fields_of(self, route: str) -> dict[str, list[str]]:
        """Of all forms that go to such an address: `/homes/{household}/consent`."""
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)))
        found: dict[str, list[str]] = {}
        for action, fields in self.by_action.items():
            if pattern.fullmatch(action):
                for name, values in fields.items():
                    found.setdefault(name, []).extend(values)
        return found
