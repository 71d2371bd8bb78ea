"""A relay, a district, a broker or a line that is gone for a while: nothing is lost."""

from datetime import timedelta

from stage.waiting import until
from tests.journey.day import Day
from tests.street import SECOND_STREET

STREET = SECOND_STREET


def test_help_called_while_the_relay_is_dead_arrives_when_it_is_back(day: Day) -> None:
    day.street.relay.program.kill()
    day.home.press("help")
    day.home.until_stage("emergency")
    day.street.relay.program.start()
    case = day.welfare_case("emergency")
    day.until_everything_is_delivered()
    day.handle(case)


def test_help_called_while_the_district_is_dead_is_kept_and_arrives_when_it_is_back(
    day: Day,
) -> None:
    day.street.district.program.kill()
    day.home.press("help")
    until(lambda: day.street.books.lost, "the relay to keep what nobody takes from it")
    day.street.relay.program.kill()
    day.street.relay.program.start()
    day.street.district.program.start()
    case = day.welfare_case("emergency")
    day.until_everything_is_delivered()
    day.handle(case)


def test_a_silence_behind_a_cut_line_is_one_case_when_the_line_is_back(day: Day) -> None:
    cases = len(day.cases())
    day.street.district_line.cut()
    day.silence_until("quiet")
    day.street.district_line.mend()
    day.until_everything_is_delivered()
    # The district has missed the home long before: what it now hears joins the case it opened then.
    case = day.open_welfare_case()
    day.handle(case)
    assert len(day.cases()) == cases + 1


def test_a_silence_whose_alert_does_not_pass_is_seen_from_heartbeats_and_is_one_case(
    day: Day,
) -> None:
    cases = len(day.cases())
    day.street.district_line.block("/v1/events")
    day.silence_until("quiet")
    # Five beats; two that say so are enough.
    day.pass_time(timedelta(minutes=25))
    case = day.open_welfare_case()
    day.street.district_line.mend()
    day.until_everything_is_delivered()
    day.handle(case)
    assert len(day.cases()) == cases + 1


def test_an_answer_given_while_home_assistant_is_down_reaches_it_when_it_is_back(
    day: Day,
) -> None:
    day.home.press("help")
    case = day.welfare_case("emergency")
    day.street.home.program.kill()
    day.close(case)
    day.street.home.program.start()
    day.home.until_stage("calm")
    until(lambda: day.home.state("receipt") == "handled", "the receipt to be seen at home")


def test_a_broker_that_restarts_makes_the_home_blind_for_a_moment_and_says_nothing_of_life(
    day: Day,
) -> None:
    before = day.home.moment("last_activity")
    day.street.broker.program.kill()
    until(lambda: day.home.state("watch") == "blind", "the home to be blind")
    day.street.broker.program.start()
    # It asks the radio each minute until it has heard of each sensor again.
    until(lambda: day.home.state("watch") == "seeing", "the home to see again", within=150)
    assert day.home.moment("last_activity") == before
