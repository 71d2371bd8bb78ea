"""A fault of our own beside a sign of life or a call for help: it is heard all the same."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

from homeassistant.components import mqtt
from homeassistant.core import HomeAssistant
import pytest

from custom_components.anshim_knock import journal
from custom_components.anshim_knock.logic.evidence import Evidence
from custom_components.anshim_knock.logic.rhythm import Rhythm
from custom_components.anshim_knock.sources import standing, tracker
from custom_components.anshim_knock.sources.evidence import evidence_of
from custom_components.anshim_knock.sources.tracked import Tracked
from custom_components.anshim_knock.sources.zigbee2mqtt import Zigbee2Mqtt
from tests.integration.house import DOOR, KETTLE, OUTER_DOOR, House
from tests.integration.zigbee2mqtt_house import Zigbee2MqttHouse

type Fault = Callable[[pytest.MonkeyPatch], None]


def _nothing_can_be_noted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "says_something", None)


def _no_source_can_be_judged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing, "condition", None)


def _nothing_usual_can_be_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Rhythm, "usual", None)


FAULTS = pytest.mark.parametrize(
    "fault",
    [
        _nothing_can_be_noted,
        _no_source_can_be_judged,
        _nothing_usual_can_be_shown,
    ],
)


@FAULTS
async def test_a_fault_keeps_no_sign_of_life_from_ending_the_silence(
    home: House, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    await home.wait(hours=12)
    assert home.stage == "quiet"
    with monkeypatch.context() as patch:
        fault(patch)
        await home.use_door()
    await home.wait(hours=1)
    assert home.stage == "calm"


@FAULTS
async def test_a_fault_keeps_no_call_for_help_from_being_told(
    home: House, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    with monkeypatch.context() as patch:
        fault(patch)
        await home.press("help")
        await home.until(lambda: home.relay.of("emergency"))


async def test_a_household_starts_although_nobody_can_say_how_its_sources_are(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.stop()
    monkeypatch.setattr(tracker, "evidence_of", None)
    await home.start()
    await home.wait(minutes=1)
    await home.use_door()
    assert home.last_sign == home.now
    await home.press("help")
    await home.until(lambda: home.relay.of("emergency"))


async def test_one_source_that_cannot_be_asked_hides_no_other(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_about(
        hass: HomeAssistant, tracked: Tracked, mqtt: Zigbee2Mqtt, since: datetime
    ) -> Evidence:
        if tracked.entity_id == DOOR:
            raise ZeroDivisionError
        return evidence_of(hass, tracked, mqtt, since)

    monkeypatch.setattr(tracker, "evidence_of", ask_about)
    home.reporting = set()
    await home.wait(hours=30)
    assert home.source(OUTER_DOOR, "liveness") != "live"
    assert home.source(KETTLE, "liveness") == "lost"


@pytest.fixture
async def zigbee(house: House, tmp_path: Path) -> AsyncIterator[Zigbee2MqttHouse]:
    found = await Zigbee2MqttHouse(house, tmp_path / "broker").start()
    yield found
    await found.stop()


@pytest.mark.parametrize("renamed", ["async_subscribe", "async_subscribe_connection_status"])
async def test_a_home_whose_mqtt_has_changed_with_an_update_is_watched_by_its_states(
    zigbee: Zigbee2MqttHouse, monkeypatch: pytest.MonkeyPatch, renamed: str
) -> None:
    await zigbee.watched()
    house = zigbee.house
    monkeypatch.delattr(mqtt, renamed)
    await house.restart()
    await house.wait(minutes=2)
    await zigbee.uses_door()
    await zigbee.uses_door()
    assert house.last_sign is not None
    assert house.now - house.last_sign < timedelta(minutes=1)
    await house.press("help")
    await house.until(lambda: house.relay.of("emergency"))
