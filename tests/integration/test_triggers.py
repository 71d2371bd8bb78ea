"""The triggers of the household, in automations that Home Assistant's own engine runs."""

from collections.abc import Awaitable, Callable
import json
from pathlib import Path
from typing import Any

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.anshim_knock.trigger import TRIGGERS
from tests.integration.house import DOMAIN, DOOR, House

HEARD = "heard_by_the_automation"
ROOT = Path(__file__).parents[2]

type Listen = Callable[..., Awaitable[list[dict[str, Any]]]]


async def pass_minutes(home: House, minutes: int) -> None:
    for _ in range(minutes):
        await home.wait(minutes=1)


@pytest.fixture
def listen(home: House) -> Listen:
    """An automation with one of the triggers; what it was told each time."""

    async def listening(trigger: str, **options: Any) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []

        def heard(event: Event) -> None:
            told.append(event.data["trigger"])

        home.hass.bus.async_listen(HEARD, heard)
        automation = {
            "id": "one",
            "alias": "one",
            "triggers": [{"trigger": f"{DOMAIN}.{trigger}", "options": options}],
            "actions": [{"event": HEARD, "event_data": {"trigger": "{{ trigger }}"}}],
            "mode": "parallel",
        }
        assert await async_setup_component(home.hass, "automation", {"automation": [automation]})
        await home.settle()
        assert home.hass.states.is_state("automation.one", "on")
        return told

    return listening


async def test_each_stage_is_told_and_calm_once(home: House, listen: Listen) -> None:
    stages = ["calm", "quiet", "knock", "visit", "emergency"]
    told = await listen("stage_reached", stages=stages)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    # A call for help within the silence: two episodes end at once.
    await home.press("help")
    await home.handled(home.relay.of("emergency")[0]["data"]["episode"])
    assert home.stage == "calm"
    assert [t["stage"] for t in told] == ["quiet", "knock", "visit", "emergency", "calm"]
    assert told[0]["cause"] == "silence"
    assert told[0]["config_entry_id"] == home.entry_id
    assert told[0]["rungs"]["knock_in_s"] == 15 * 60
    assert (told[-1]["by"], told[-1]["after"]) == (
        "staff",
        ["quiet", "knock", "visit", "emergency"],
    )


async def test_only_the_chosen_stages_are_told(home: House, listen: Listen) -> None:
    told = await listen("stage_reached", stages=["knock"])
    await home.wait(hours=12)
    assert told == []
    await home.wait(minutes=15)
    await home.boil_water()
    assert [t["stage"] for t in told] == ["knock"]


async def test_an_alert_that_nobody_takes_is_told_again_only_where_that_is_wanted(
    home: House, listen: Listen
) -> None:
    told = await listen("stage_reached", stages=["visit"], again=True)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    await home.wait(minutes=30)
    assert [t["said"] for t in told] == ["first", "again"]


async def test_a_stage_reached_while_nobody_was_there_is_told_when_the_household_is_back(
    home: House, listen: Listen
) -> None:
    told = await listen("stage_reached")
    await home.wait(hours=11)
    await home.stop()
    await home.wait(hours=14)
    assert told == []
    await home.start()
    assert (home.stage, [t["stage"] for t in told]) == ("quiet", ["quiet"])


async def test_what_was_said_meanwhile_is_shown_by_the_entity_too(home: House) -> None:
    shown = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    entity_id = home.entity_id("event", "said")
    await home.wait(hours=11)
    await home.stop()
    await home.wait(hours=14)
    await home.start()
    states = [e.data["new_state"] for e in shown if e.data["entity_id"] == entity_id]
    assert "unknown" in {state.attributes.get("event_type") for state in states if state}


async def test_a_restart_tells_nothing_twice(home: House, listen: Listen) -> None:
    told = await listen("stage_reached")
    await home.wait(hours=12)
    await home.restart()
    assert len(told) == 1


async def test_another_household_starts_nothing(home: House, listen: Listen) -> None:
    told = await listen("stage_reached", config_entry_id="of_the_neighbours")
    await home.press("help")
    assert told == []


async def test_the_resident_is_to_be_asked_when_it_is_quiet_and_when_nobody_answered(
    home: House, listen: Listen
) -> None:
    told = await listen("knock_due", config_entry_id=home.entry_id)
    await home.wait(hours=12)
    await home.wait(minutes=15)
    await home.wait(minutes=30)
    assert home.stage == "visit"
    assert [(t["stage"], t["urgent"]) for t in told] == [("quiet", False), ("knock", True)]


async def test_the_district_can_have_the_resident_asked(home: House, listen: Listen) -> None:
    told = await listen("knock_due")
    await home.receive("command", {"command": "knock_now"})
    assert [(t["stage"], t["cause"]) for t in told] == [("knock", "command")]


async def test_help_is_told_at_once_and_again_while_nobody_has_it(
    home: House, listen: Listen
) -> None:
    told = await listen("help_called")
    await home.call("request_help", cause="spoken")
    assert [(t["cause"], t["said"]) for t in told] == [("spoken", "first")]
    await home.wait(minutes=5)
    assert [t["said"] for t in told] == ["first", "again"]


async def test_help_can_be_told_only_once(home: House, listen: Listen) -> None:
    told = await listen("help_called", again=False)
    await home.press("help")
    await home.press("help")
    assert len(told) == 1


async def test_an_absence_that_runs_over_is_told_and_one_that_ends_well_is_not(
    home: House, listen: Listen
) -> None:
    told = await listen("absence_overrun")
    await home.call("set_away", hours=2)
    await home.wait(hours=1)
    await home.boil_water()
    assert told == []
    await home.call("set_away", hours=2)
    await home.wait(hours=2)
    assert [t["what"] for t in told] == ["away"]


async def test_a_persons_answer_is_told_with_its_outcome(home: House, listen: Listen) -> None:
    told = await listen("answer_received", answers=["hold", "handled"])
    await home.press("help")
    episode = home.relay.of("emergency")[0]["data"]["episode"]
    await home.hold(episode)
    await home.handled(episode, "nobody_opened")
    assert [(t["answer"], t["by"], t["outcome"]) for t in told] == [
        ("hold", "dong", None),
        ("handled", "dong", "nobody_opened"),
    ]


async def test_an_answer_to_another_case_is_not_told(home: House, listen: Listen) -> None:
    told = await listen("answer_received")
    await home.press("help")
    await home.handled(1)
    assert told == []


async def test_a_source_is_told_when_it_is_lost_and_not_again_by_a_restart(
    home: House, listen: Listen
) -> None:
    told = await listen("source_lost")
    home.reporting.discard(DOOR)
    await home.show(DOOR, "unavailable")
    assert told == []
    await home.wait(hours=1)
    assert [(t["name"], t["role"], t["reason"]) for t in told] == [
        ("Fridge door", "door", "unavailable")
    ]
    await home.restart()
    await home.wait(hours=1)
    assert len(told) == 1


async def test_a_source_that_was_lost_while_nobody_looked_is_told_afterwards(
    home: House, listen: Listen
) -> None:
    told = await listen("source_lost")
    home.reporting.discard(DOOR)
    await home.stop()
    await home.show(DOOR, "unavailable")
    await home.wait(hours=1)
    await home.start()
    await home.wait(hours=1)
    assert [t["name"] for t in told] == ["Fridge door"]


@pytest.mark.parametrize(("codes", "times"), [([], 1), (["relay"], 1), (["store"], 0)])
async def test_a_technical_trouble_is_told(
    home: House, listen: Listen, codes: list[str], times: int
) -> None:
    told = await listen("trouble_began", codes=codes)
    await home.relay.stop()
    await pass_minutes(home, 8)
    assert [t["code"] for t in told] == ["relay"] * times


async def test_the_end_of_a_trouble_is_told(home: House, listen: Listen) -> None:
    told = await listen("trouble_ended")
    await home.relay.stop()
    await pass_minutes(home, 8)
    await home.relay.start()
    await home.until(lambda: told)
    assert [(t["code"], t["state"]) for t in told] == [("relay", "cleared")]


@pytest.mark.parametrize(
    ("trigger", "options"),
    [
        ("stage_reached", {"stages": ["asleep"]}),
        ("stage_reached", {"stages": []}),
        ("answer_received", {"answers": ["perhaps"]}),
        ("knock_due", {"entity_id": DOOR}),
        ("doorbell", {}),
    ],
)
async def test_a_wrong_trigger_is_refused_when_the_automation_is_saved(
    home: House, trigger: str, options: dict[str, Any]
) -> None:
    automation = {
        "id": "one",
        "alias": "one",
        "triggers": [{"trigger": f"{DOMAIN}.{trigger}", "options": options}],
        "actions": [],
    }
    assert await async_setup_component(home.hass, "automation", {"automation": [automation]})
    await home.settle()
    assert home.hass.states.is_state("automation.one", "unavailable")


async def test_every_trigger_is_described(home: House) -> None:
    described = await async_get_all_descriptions(home.hass)
    ours = {k.partition(".")[2] for k, v in described.items() if k.startswith(f"{DOMAIN}.") and v}
    assert ours == set(TRIGGERS)


def test_every_trouble_of_the_contract_can_be_chosen() -> None:
    schema = json.loads((ROOT / "contract/schemas/trouble.json").read_text(encoding="utf-8"))
    codes = set(schema["properties"]["data"]["properties"]["code"]["examples"])
    yaml = load_yaml_dict(str(ROOT / "custom_components" / DOMAIN / "triggers.yaml"))
    select = yaml["trouble_began"]["fields"]["codes"]["selector"]["select"]
    # The relay alone can say that the home itself does not answer.
    assert set(select["options"]) == codes - {"home"}
