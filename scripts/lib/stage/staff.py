"""A member of the district's staff at the console.

Reads the pages and sends the forms as a browser does.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from html.parser import HTMLParser
from typing import override

import httpx

from stage.district import STAFF, District

FAMILIES = frozenset({"emergency", "welfare", "silent", "trouble"})
STANDINGS = frozenset({"free", "held", "resting", "closed"})
# The console's English words for the stages.
STAGES = {
    "Quiet": "quiet",
    "Unknown · phone first": "unknown",
    "Call": "knock",
    "Visit": "visit",
    "Help called": "emergency",
    "Check equipment": "trouble",
    "No signal": "silent",
}


class Outcome(StrEnum):
    """What staff can say came of it; the first two are people seen or spoken to."""

    SEEN_WELL = "seen_well"
    SPOKEN_WELL = "spoken_well"
    NOBODY_OPENED = "nobody_opened"


class ConsoleError(RuntimeError):
    """The console did not do what staff asked of it."""


@dataclass(frozen=True, kw_only=True)
class ShownCase:
    """A case as its page shows it."""

    id: str
    family: str
    standing: str
    stage: str

    @property
    def is_open(self) -> bool:
        return self.standing != "closed"


@dataclass
class _Page(HTMLParser):
    """Finds the form token, the cases, and the links to cases."""

    token: str = ""
    cases: list[ShownCase] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    _heading: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = set(given.get("class", "").split())
        if tag == "input" and given.get("name") == "csrf":
            self.token = given["value"]
        elif tag == "article" and "case" in classes:
            self._open_case(given.get("id", ""), classes)
        elif tag == "a" and given.get("href", "").startswith("/cases/"):
            self.links.append(given["href"].removeprefix("/cases/"))
        self._heading = tag in {"h1", "h2"} or (self._heading and tag == "a")

    def _open_case(self, number: str, classes: set[str]) -> None:
        told = {name.removeprefix("case-") for name in classes}
        (family,), (standing,) = told & FAMILIES, told & STANDINGS
        self.cases.append(ShownCase(id=number, family=family, standing=standing, stage=""))

    @override
    def handle_data(self, data: str) -> None:
        text = data.strip()
        if self._heading and text and self.cases and not self.cases[-1].stage:
            self.cases[-1] = replace(self.cases[-1], stage=STAGES[text])


class Staff:
    """Logged in with a name and a password, in English."""

    def __init__(self, district: District) -> None:
        self._district = district
        self._browser = httpx.Client(
            base_url=district.url,
            headers={"Accept-Language": "en"},
            follow_redirects=True,
            timeout=30,
        )

    def board(self) -> list[ShownCase]:
        """The open cases, most urgent first."""
        return self._page("/board").cases

    def case(self, number: str) -> ShownCase:
        shown = self._page(f"/cases/{number}").cases[0]
        return replace(shown, id=number)

    def cases_of(self, household: str) -> list[ShownCase]:
        """Every case the home ever had, newest first."""
        links = self._page(f"/homes/{household}").links
        return [self.case(number) for number in dict.fromkeys(links)]

    def timeline(self, household: str) -> str:
        """The text of the home's page, as staff reads it."""
        return self._text(f"/homes/{household}")

    def hold(self, number: str) -> None:
        self._answer(number, answer="hold")

    def handle(self, number: str, outcome: Outcome) -> None:
        self._answer(number, answer="handled", outcome=outcome)

    def _answer(self, number: str, **fields: str) -> None:
        path = f"/cases/{number}"
        form = {"csrf": self._page(path).token, "from": "case", **fields}
        sent = self._browser.post(f"{path}/answer", data=form)
        if sent.is_error:
            raise ConsoleError(f"{fields} to case {number}: {sent.status_code}")

    def _page(self, path: str) -> _Page:
        page = _Page()
        page.feed(self._text(path))
        return page

    def _text(self, path: str) -> str:
        got = self._browser.get(path)
        if got.url.path == "/login":
            self._log_in(got)
            got = self._browser.get(path)
        if got.is_error:
            raise ConsoleError(f"{path}: {got.status_code}")
        return got.text

    def _log_in(self, shown: httpx.Response) -> None:
        page = _Page()
        page.feed(shown.text)
        form = {"csrf": page.token, "user": STAFF, "password": self._district.password}
        came = self._browser.post("/login", data=form)
        if came.is_error or came.url.path != "/board":
            raise ConsoleError(f"logging in: {came.status_code}")
