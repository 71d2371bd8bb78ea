"""What only looks like life, through a real Home Assistant: no case closes, no last sign moves."""

from collections.abc import Callable

import pytest

from stage.ledger import Alert
from stage.street import Street
from stage.waiting import until
from tests.journey.day import SETTLE, Day


def availability_flaps(day: Day) -> None:
    """The radio loses every device, and has them again."""
    devices = day.street.devices.all()
    for device in devices:
        day.street.bridge.available(device, is_online=False)
    until(lambda: day.shown(devices[0], "contact") == "unavailable", "the door to be unavailable")
    for device in devices:
        day.street.bridge.available(device, is_online=True)
    until(lambda: day.shown(devices[0], "contact") == "off", "the door to be there again")


def home_assistant_restarts(day: Day) -> None:
    """It comes back to what the broker has retained, and Zigbee2MQTT says everything again."""
    day.street.home.program.stop()
    day.street.home.program.start()
    door = day.street.devices.front_door
    until(lambda: day.shown(door, "contact") == "off", "the door to be there again")


def zigbee2mqtt_reports_doors_anew_after_the_restart(day: Day) -> None:
    """Doors were seen flipping closed, open and closed within seconds of a restart."""
    home_assistant_restarts(day)
    fridge = day.street.devices.fridge
    for is_closed, shown in ((False, "on"), (True, "off")):
        day.show(fridge, "contact", shown, contact=is_closed)


def a_plug_jitters_around_its_load(day: Day) -> None:
    """A fridge or a keep-warm that runs by itself: watts that change, and nobody there."""
    microwave = day.street.devices.microwave
    for watts in (3, 4, 3, 5):
        day.show(microwave, "power", str(watts), power=watts)


@pytest.fixture(scope="module")
def silence(street: Street) -> Day:
    """One silence for all: whatever happens in it must not end it."""
    day = Day(street=street)
    day.begin()
    day.silence_until("quiet")
    day.welfare_case("quiet")
    return day


@pytest.mark.parametrize(
    "happens",
    [
        availability_flaps,
        home_assistant_restarts,
        zigbee2mqtt_reports_doors_anew_after_the_restart,
        a_plug_jitters_around_its_load,
    ],
)
def test_a_silence_goes_on_when_no_hand_was_there(
    silence: Day, happens: Callable[[Day], None]
) -> None:
    before = silence.home.moment("last_activity")
    happens(silence)
    silence.pass_time(SETTLE)
    # What happened took its time: the ladder may have gone on meanwhile, as it should.
    assert silence.home.stage in {"quiet", "knock", "visit"}
    assert silence.home.moment("last_activity") == before
    assert silence.open_welfare_case().standing == "free"


def test_a_door_that_opens_during_an_owned_visit_is_a_note_on_the_case(day: Day) -> None:
    day.silence_until("visit")
    case = day.welfare_case("visit")
    day.hold(case)
    known = set(day.street.books.kept)
    for is_closed in (False, True):
        day.report(day.street.devices.front_door, contact=is_closed)
    notes = until(lambda: _new_notes(day, known), "a note on the case")
    assert {alert.kind for alert in notes} == {"visit"}
    assert day.home.stage == "visit"
    assert day.street.staff.case(case.id).standing == "held"
    day.handle(case)


def _new_notes(day: Day, known: set[str]) -> list[Alert]:
    kept = day.street.books.kept
    return [alert for name, alert in kept.items() if name not in known and alert.said == "note"]
