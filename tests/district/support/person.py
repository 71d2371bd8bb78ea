"""Somebody at the console: logs in, reads the pages, sends the forms as a browser does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override

import httpx

from .process import PASSWORD, USER


@dataclass(kw_only=True)
class Shown:
    """A case on the board."""

    id: str
    family: str
    standing: str
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The parts of a page that a test looks at."""

    cases: list[Shown] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    text: str = ""
    language: str = ""
    code: str = ""
    _in_case: bool = False
    _in_code: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        if tag == "html":
            self.language = given["lang"]
        if tag == "input" and given.get("name") == "csrf":
            self.tokens.append(given["value"])
        if tag == "article" and "case" in classes:
            family, standing = (name.removeprefix("case-") for name in classes[-2:])
            self.cases.append(Shown(id=given.get("id", ""), family=family, standing=standing))
            self._in_case = True
        self._in_code = "data-code" in given

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._in_case = False

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_case:
            self.cases[-1].text += data
        if self._in_code:
            self.code += data.strip()


@dataclass(kw_only=True)
class Person:
    client: httpx.Client

    def page(self, path: str, *, status: int = 200) -> Page:
        answer = self.client.get(path)
        if answer.status_code == 303 and path != "/login":  # the session has ended
            self.log_in()
            answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return read(answer)

    def log_in(self, user: str = USER, password: str = PASSWORD) -> httpx.Response:
        token = self.page("/login").tokens[0]
        return self.client.post("/login", data={"csrf": token, "user": user, "password": password})

    def prove(self, password: str = PASSWORD) -> httpx.Response:
        """Once more, before what leaves the house."""
        token = self.page("/prove").tokens[0]
        fields = {"csrf": token, "code": password, "to": "/account"}
        return self.client.post("/prove", data=fields)

    def board(self) -> list[Shown]:
        return self.page("/board").cases

    def case_of(self, household: str) -> Shown | None:
        found = [case for case in self.board() if household in case.text]
        assert len(found) <= 1, found
        return found[0] if found else None

    def answer(self, case: str, answer: str, outcome: str = "", **more: str) -> httpx.Response:
        return self.answer_with_token_of(f"/cases/{case}", case, answer, outcome, **more)

    def answer_with_token_of(
        self, page: str, case: str, answer: str, outcome: str = "", **more: str
    ) -> httpx.Response:
        token = self.page(page).tokens[0]
        fields = {"csrf": token, "from": "case", "answer": answer, "outcome": outcome} | more
        return self.client.post(f"/cases/{case}/answer", data=fields)

    def new_code(self, household: str = "") -> str:
        token = self.page("/homes/new").tokens[0]
        answer = self.client.post("/homes/new", data={"csrf": token, "household": household})
        assert answer.status_code == 201, answer.status_code
        return read(answer).code


def read(answer: httpx.Response) -> Page:
    page = Page()
    page.feed(answer.text)
    return page


def placed(person: Person, household: str, dong: str) -> None:
    """Writes down who lives there."""
    token = person.page(f"/homes/{household}/resident").tokens[0]
    fields = {"csrf": token, "name": "김영순", "address": "문안로 1", "dong": dong}
    answer = person.client.post(f"/homes/{household}/resident", data=fields)
    assert answer.status_code == 303
