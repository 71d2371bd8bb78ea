"""A page that was opened a while ago, or whose line broke: what its buttons may still do."""

import re

import httpx
import pytest

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, Shown
from tests.district.test_access import added


@pytest.fixture
def case(home: Kit, visitor: Person) -> Shown:
    home.send(home.emergency())
    case = visitor.case_of(home.household)
    assert case
    return case


def said_on(page: str) -> str:
    """How often it had been said when the page was made, as its form has it."""
    found = re.search(r'name="said" value="(\d+)"', page)
    assert found
    return found[1]


def answer(person: Person, case: Shown, said: str, outcome: str = "seen_well") -> httpx.Response:
    token = person.page(f"/cases/{case.id}").tokens[0]
    fields = {"csrf": token, "answer": "handled", "outcome": outcome, "said": said}
    return person.client.post(f"/cases/{case.id}/answer", data=fields)


def page_of(person: Person, case: Shown) -> str:
    return person.client.get(f"/cases/{case.id}").text


def test_a_page_from_before_the_second_call_for_help_does_not_end_it(
    home: Kit, visitor: Person, case: Shown
) -> None:
    visitor.answer(case.id, "hold")
    said = said_on(page_of(visitor, case))
    home.send(home.emergency())
    late = answer(visitor, case, said)
    assert late.status_code == 409
    assert "도움 요청이 다시 왔습니다" in late.text
    assert visitor.board()[0].standing == "free"
    # the page that says so is made anew: whoever made sure since then may say it once more
    assert answer(visitor, case, said_on(late.text)).status_code == 303
    assert visitor.board() == []


def test_an_outcome_that_ends_nothing_is_taken_from_an_old_page_too(
    home: Kit, visitor: Person, case: Shown
) -> None:
    said = said_on(page_of(visitor, case))
    home.send(home.emergency())
    assert answer(visitor, case, said, "nobody_opened").status_code == 303
    assert visitor.board()[0].standing == "resting"


def test_a_visit_that_is_said_again_may_be_ended_from_a_page_of_before(
    moved: MovedDistrict, home: Kit, visitor: Person
) -> None:
    home.send(home.alert("visit", attributes={"time": now_text(moved.now)}))
    case = visitor.board()[0]
    said = said_on(page_of(visitor, case))
    moved.pass_time(minutes=31)
    assert int(said_on(page_of(visitor, case))) > int(said)
    assert answer(visitor, case, said).status_code == 303


def test_the_same_answer_sent_again_over_a_bad_line_is_no_mistake(
    moved: MovedDistrict, visitor: Person, case: Shown
) -> None:
    said = said_on(page_of(visitor, case))
    assert [answer(visitor, case, said).status_code for _ in range(2)] == [303, 303]
    # another outcome, or somebody else's, is one: what was said first stands
    assert answer(visitor, case, said, "spoken_well").status_code == 409
    other = added(moved, visitor, "control")
    refused = answer(other, case, said)
    assert refused.status_code == 409
    assert "이미 종결된 건입니다" in refused.text


def test_an_open_case_hears_of_its_own_news_alone_and_is_looked_at_only_when_there_is_any(
    moved: MovedDistrict, home: Kit, visitor: Person, case: Shown
) -> None:
    def news() -> list[str]:
        asked = visitor.client.get(f"/cases/{case.id}/news")
        assert asked.status_code == 200
        return asked.text.split("\n")

    page = page_of(visitor, case)
    seen, left = news()
    assert f'data-seen="{seen}"' in page
    assert left == "5분 남음"
    other = installed(moved, visitor)
    other.send(other.alert("visit"))
    moved.clock.moment = moved.now.replace(minute=2)
    assert news() == [seen, "3분 남음"]
    home.send(home.emergency())
    assert news()[0] != seen
    looks = visitor.page("/audit").text
    assert looks.count(case.id) == 1
    assert visitor.client.get("/cases/c-none-1/news").status_code == 404
