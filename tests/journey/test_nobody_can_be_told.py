"""Every messenger fails, the relay is down and the district out of reach: nothing is given up."""

from collections import Counter
import re
from typing import Any

import pytest

from stage.ha_client import Flow
from stage.waiting import until
from tests.journey.day import Day
from tests.street import SECOND_STREET

STREET = SECOND_STREET

LADDER = ("quiet", "knock", "visit")


@pytest.fixture
def two_contacts_who_cannot_be_reached(day: Day) -> None:
    """Their messengers were removed since; Home Assistant passes over such a way without a word.

    They stay for the journeys after this one: nobody there waits for their answer.
    """
    (entry,) = _entries(day)
    for name in ("Minji", "Junho"):
        _add_contact(day, entry, name)
    until(lambda: day.home.stage == "calm", "the household to be set up anew")


def _entries(day: Day) -> list[str]:
    found = day.home.client.get("/api/config/config_entries/entry?domain=anshim_knock")
    return [entry["entry_id"] for entry in found]


def _add_contact(day: Day, entry: str, name: str) -> None:
    flow = Flow.begin(day.home.client, [entry, "contact"], path="subentries/flow")
    flow.answer(
        "user",
        {
            "name": name,
            "kind": "guardian",
            "order": 1,
            "notify": [f"notify.{name.lower()}"],
            "language": "ko",
            "who": "어머니",
        },
    )
    flow.created()


def repairs(day: Day) -> Counter[str]:
    """What Home Assistant shows to whoever comes by."""
    (listed,) = day.home.client.commands({"type": "repairs/list_issues"})
    ours: list[dict[str, Any]] = [i for i in listed["issues"] if i["domain"] == "anshim_knock"]
    return Counter(issue["translation_key"] for issue in ours)


def said_first(day: Day) -> Counter[str]:
    """How often the district's page tells of each rung for the first time."""
    page = day.street.staff.timeline(day.home.id)
    lines = re.findall(r'<li class="entry entry-(\w+)">(.*?)</li>', page, re.DOTALL)
    return Counter(code for code, line in lines if "Said: first" in line)


@pytest.mark.usefixtures("two_contacts_who_cannot_be_reached")
def test_it_is_kept_tried_escalated_and_visible_and_arrives_once_when_the_relay_is_back(
    day: Day,
) -> None:
    cases, told = len(day.cases()), said_first(day)
    known = set(day.street.books.kept)
    day.street.relay.program.kill()
    day.street.district_line.cut()

    day.silence_until("visit")
    until(
        lambda: repairs(day) >= Counter(relay_lost=1, contact_unreached=2),
        "what fails to be shown",
    )
    day.street.home.program.kill()
    day.street.home.program.start()
    assert day.home.stage == "visit"

    day.street.district_line.mend()
    day.street.relay.program.start()
    case = day.welfare_case("visit")
    day.until_everything_is_delivered()
    new = [alert for name, alert in day.street.books.kept.items() if name not in known]
    assert [alert.kind for alert in new if alert.said == "first"] == list(LADDER)
    # Said again while nobody could hear it, and told as one word.
    assert [alert.said for alert in new].count("again") <= 1
    assert said_first(day) - told == Counter(LADDER)
    assert len(day.cases()) == cases + 1
    until(lambda: not repairs(day)["relay_lost"], "the repair to go with its trouble")
    day.handle(case)
