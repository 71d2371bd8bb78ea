"""Whoever was told hears the end, whatever became of them or of the household meanwhile."""

import asyncio

import pytest

from tests.integration.family import Family
from tests.integration.house import DOMAIN, House
from tests.integration.test_contacts import HELP, alarms, issues, minutes

OVER = "Mother: the help button was pressed by mistake, and taken back at once."


@pytest.fixture
async def family(home: House) -> Family:
    return await Family.of(home, "daughter")


async def removed(family: Family, name: str) -> None:
    entry = family.home.entry
    key = next(k for k, s in entry.subentries.items() if s.title == name)
    family.home.hass.config_entries.async_remove_subentry(entry, key)
    await family.home.settle()


async def seen_well(family: Family) -> None:
    await family.home.handled(family.home.relay.of("emergency")[0]["data"]["episode"])
    await family.home.settle()
    assert family.home.stage == "calm"


@pytest.mark.parametrize("others", [(), ("son",)])
async def test_who_was_told_and_then_removed_hears_that_it_is_over_once(
    family: Family, others: tuple[str, ...]
) -> None:
    for name in others:
        await family.add(name)
    await family.home.press("help")
    assert alarms(family)["daughter"] == [HELP]
    await removed(family, "daughter")
    await family.home.restart()
    await minutes(family.home, 2)
    await seen_well(family)
    await family.home.restart()
    await minutes(family.home, 10)
    assert [len(got) for got in alarms(family).values()] == [2] * (1 + len(others))
    assert "over" in alarms(family)["daughter"][-1]
    # What comes later is none of their business any more.
    await family.home.press("help")
    await minutes(family.home, 2)
    assert len(alarms(family)["daughter"]) == 2


async def test_without_consent_nobody_who_was_removed_is_told_anything(family: Family) -> None:
    await family.home.press("help")
    await removed(family, "daughter")
    entry = family.home.entry
    consent = entry.data["consent"]
    items = [item for item in consent["items"] if item != "emergency_contact"]
    family.home.hass.config_entries.async_update_entry(
        entry, data={**entry.data, "consent": {**consent, "items": items}}
    )
    await family.home.settle()
    await seen_well(family)
    await minutes(family.home, 10)
    assert alarms(family)["daughter"] == [HELP]


async def test_an_answer_that_waited_while_the_household_was_set_up_anew_is_kept_and_passed_on(
    family: Family,
) -> None:
    home = family.home
    await family.add("son")
    await home.press("help")
    old = home.entry.runtime_data.contacts
    assert old is not None
    await family.messengers["son"].slow.acquire()
    home.scripts_wait = True
    first, second = (
        asyncio.create_task(
            home.hass.services.async_call(
                DOMAIN, "contact_answered", {"contact": name, "answer": "coming"}, blocking=True
            )
        )
        for name in ("daughter", "son")
    )
    await home.until(lambda: family.messengers["son"].tried == 2)
    await home.restart()
    family.messengers["son"].slow.release()
    await asyncio.gather(first, second)
    home.scripts_wait = False
    await home.restart()
    shown = (await home.call("get_status"))["contacts"]
    assert {c["name"]: c["answer"] for c in shown} == {"daughter": "coming", "son": "coming"}
    assert "Mother: son is on the way." in alarms(family)["daughter"]


async def test_a_contact_that_was_removed_leaves_no_repair_behind(family: Family) -> None:
    family.messengers["daughter"].works = False
    await family.home.call("test_contacts")
    assert len(issues(family.home, "contact_unreached")) == 1
    await removed(family, "daughter")
    assert issues(family.home, "contact_unreached") == []


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_second_help_while_somebody_is_on_the_way_sounds_at_everybodys_again(
    family: Family, restarted: bool
) -> None:
    home = family.home
    await home.press("help")
    await home.call("contact_answered", contact="daughter", answer="coming")
    await home.hold(home.relay.of("emergency")[0]["data"]["episode"])
    if restarted:
        await home.restart()
    await minutes(home, 2)
    assert alarms(family)["daughter"] == [HELP]
    await home.press("help")
    assert alarms(family)["daughter"] == [HELP, HELP]
    await minutes(home, 5)
    assert alarms(family)["daughter"] == [HELP, HELP]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("answer", ["coming", "seen"])
async def test_a_second_help_sounds_again_though_a_contact_has_answered_and_staff_has_not(
    family: Family, answer: str, *, restarted: bool
) -> None:
    home = family.home
    await home.press("help")
    await home.call("contact_answered", contact="daughter", answer=answer)
    await minutes(home, 2)
    await home.press("help")
    if restarted:
        await home.restart()
        await minutes(home, 1)
    assert alarms(family)["daughter"] == [HELP, HELP]
    await minutes(home, 5)
    assert alarms(family)["daughter"] == [HELP, HELP]
