"""When nobody can see: a person is asked all the same."""

from datetime import timedelta

from stage.waiting import until
from tests.journey.day import Day

# The district's interval is five minutes; a home with a limit of an hour may miss three.
TWO_HEARTBEATS = timedelta(minutes=11)
LONG_ENOUGH = timedelta(minutes=25)
# The stage's limit of an hour and its margin of half an hour.
CEILING = timedelta(minutes=90)


def silent_case(day: Day) -> str | None:
    return next((c.id for c in day.open_cases() if c.family == "silent"), None)


def test_a_home_assistant_that_dies_becomes_a_case_at_the_district(day: Day) -> None:
    day.street.home.program.kill()
    day.pass_time(LONG_ENOUGH)
    until(lambda: silent_case(day), "a case of a home that is not heard")
    day.street.home.program.start()
    day.pass_time(TWO_HEARTBEATS)
    until(lambda: not silent_case(day), "the case to end when the home is heard again")


def test_a_line_that_is_cut_becomes_a_case_at_the_district(day: Day) -> None:
    day.street.district_line.cut()
    day.pass_time(LONG_ENOUGH)
    until(lambda: silent_case(day), "a case of a home that is not heard")
    day.street.district_line.mend()
    day.pass_time(TWO_HEARTBEATS)
    until(lambda: not silent_case(day), "the case to end when the home is heard again")


def test_a_relay_that_is_dead_for_good_has_a_person_asked_before_the_ceiling(day: Day) -> None:
    last_sign = day.home.moment("last_activity")
    assert last_sign is not None
    day.street.relay.program.kill()
    day.pass_time(CEILING - timedelta(minutes=15))
    case = day.open_welfare_case()
    assert day.now < last_sign + CEILING
    assert case.standing == "free"
    day.close(case)
    day.street.relay.program.start()
    # The home hears that somebody was seen, which is a sign of life although it saw nothing itself.
    day.home.until_stage("calm", within=120)
    assert day.home.moment("last_activity") != last_sign
    day.until_everything_is_delivered()
    day.pass_time(TWO_HEARTBEATS)
    until(lambda: not day.open_cases(), "the case to end when the home is heard again")


def test_sensors_that_die_turn_the_home_blind_and_the_ceiling_asks_a_person(day: Day) -> None:
    for device in day.street.devices.all():
        day.street.bridge.available(device, is_online=False)
    until(lambda: day.home.state("watch") == "blind", "the home to be blind")
    day.silence_until("quiet")
    assert day.home.attribute("stage", "cause") == "ceiling"
    case = day.welfare_case("unknown")
    for device in day.street.devices.all():
        day.street.bridge.available(device, is_online=True)
    day.handle(case)
