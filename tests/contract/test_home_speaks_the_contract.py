from datetime import UTC, datetime, timedelta
import json

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.anshim_knock.adoption.stations import Mark, Station, walk_data
from custom_components.anshim_knock.logic.clock import Reading
from custom_components.anshim_knock.logic.decide import decide
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import (
    Answered,
    ComeBack,
    ConsentGiven,
    ConsentWithdrawn,
    GuestsStay,
    Help,
    Input,
    KnockNow,
    Leave,
    Life,
    Ok,
    OutrunVersion,
    Person,
    Place,
    Restarted,
    ShortenLimit,
    StartDrill,
    Tick,
    Trouble,
    Walked,
    Watching,
)
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.logic.words import Answer, Cause, Liveness, Role, Watch
from custom_components.anshim_knock.relay.envelope import event_of, heartbeat_of
from custom_components.anshim_knock.relay.words import UnreadableError, word_of
from custom_components.anshim_knock.view import condition_of

from .contract_files import Example, Json, accepted_events, faults, kinds, kinds_up, refused_events
from .vectors import HOUSEHOLD

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNSET = datetime(1970, 1, 1, tzinfo=UTC)
CONSENT = ConsentGiven(
    text_version="ko-1", items=("life_signs", "sensitive"), recorded_by="technician"
)
SHORT = Settings(limit=timedelta(minutes=1))
TEN_DAYS = Settings(limit=timedelta(days=10))
CALLS = (Cause.BUTTON, Cause.ACTION, Cause.SPOKEN, Cause.PHONE, Cause.PANEL)
CODES = ("source_lost", "source_gone", "store", "relay", "battery")

seconds = st.integers(0, 40 * 3600)
moments = st.builds(lambda after: NOON + timedelta(seconds=after), seconds)
stations = st.builds(
    Station,
    key=st.just("s"),
    title=st.text(),
    role=st.sampled_from(Role),
    entity_id=st.just("sensor.s"),
    ask=st.just("door"),
    mark=st.sampled_from(Mark),
    delay=st.none() | st.timedeltas(timedelta(0), timedelta(hours=1)),
    link=st.none() | st.integers(0, 255),
    battery=st.none() | st.floats(0, 100),
)
walks = st.lists(stations, max_size=5).map(walk_data)
inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(Life, place=st.sampled_from(Place), at=moments),
    st.builds(Ok, person=st.sampled_from(Person)),
    st.builds(Help, cause=st.sampled_from(CALLS)),
    st.builds(Watching, watch=st.sampled_from(Watch)),
    st.builds(Leave, until=moments),
    st.builds(GuestsStay, until=moments),
    st.just(ComeBack()),
    st.builds(
        Answered,
        episode=st.integers(1, 9),
        answer=st.sampled_from(Answer),
        by=st.just("dong"),
        outcome=st.sampled_from(["spoken_well", "nobody_opened"]),
        until=moments,
        at=moments,
    ),
    st.just(KnockNow()),
    st.builds(ShortenLimit, hours=st.floats(0, 240, exclude_min=True), until=st.none() | moments),
    st.just(CONSENT),
    st.just(ConsentWithdrawn(text_version="ko-1", recorded_by="resident")),
    st.builds(Trouble, code=st.sampled_from(CODES), raised=st.booleans()),
    st.just(StartDrill(id="drill-1")),
    st.builds(Walked, id=st.just("w-1"), passed=st.booleans(), data=walks),
    st.builds(OutrunVersion, version=st.integers(1, 90), conflict=st.booleans()),
    st.just(Tick()),
    st.just(Restarted()),
)


class Home:
    """A household that lives on two clocks, of which the wall clock may be wrong."""

    def __init__(self, limits: Settings, wall: datetime) -> None:
        self.limits = limits
        self.wall, self.steady = wall, 400.0
        self.state: Household = new_household(HOUSEHOLD, self.reading())
        self.said: list[Json] = []

    def reading(self) -> Reading:
        return Reading(wall=self.wall, steady=self.steady, boot="boot-1")

    def give(self, given: Input, *, after: int = 0) -> None:
        self.wall += timedelta(seconds=after)
        self.steady += after
        decision = decide(self.state, given, self.reading(), self.limits)
        self.state = decision.state
        self.said += [_sent(event_of(effect, HOUSEHOLD)) for effect in decision.effects]
        self.said.append(self._heartbeat())

    def _heartbeat(self) -> Json:
        lives = {"door": Liveness.LIVE, "plug": Liveness.LOST}
        condition = condition_of(self.state, self.limits, lives, self.wall, store_ok=True)
        trusted = self.state.clock.trusted
        return _sent(heartbeat_of(condition, HOUSEHOLD, self.reading(), clock_set=trusted))


def _sent(event: object) -> Json:
    """As it leaves: JSON, not the words it was made of."""
    sent: Json = json.loads(json.dumps(event))
    return sent


def kind_of(event: Json) -> str:
    return str(event["type"]).split(".")[3]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    story=st.lists(st.tuples(inputs, seconds), max_size=12),
    limits=st.sampled_from([SHORT, Settings(), TEN_DAYS]),
    wall=st.sampled_from([NOON, UNSET]),
)
def test_whatever_happens_in_a_home_what_it_says_is_the_contract(
    story: list[tuple[Input, int]], limits: Settings, wall: datetime
) -> None:
    home = Home(limits, wall)
    home.give(CONSENT)
    for given_input, after in story:
        home.give(given_input, after=after)
    for event in home.said:
        assert faults(kind_of(event), event) == set(), event
    assert_no_id_says_two_things([one for one in home.said if kind_of(one) != "heartbeat"])


def assert_no_id_says_two_things(said: list[Json]) -> None:
    known: dict[str, Json] = {}
    for event in said:
        assert known.setdefault(event["id"], event) == event


def test_a_home_can_say_every_kind_that_is_its_own() -> None:
    home = Home(Settings(), NOON)
    home.give(CONSENT)
    home.give(StartDrill(id="drill-1"))
    home.give(Watching(watch=Watch.SEEING))
    home.give(Trouble(code="store", raised=True))
    home.give(Leave(until=home.wall + timedelta(hours=2)))
    home.give(ComeBack())
    for _ in range(4):
        home.give(Tick(), after=13 * 3600)
    home.give(Ok(person=Person.RESIDENT))
    home.give(Watching(watch=Watch.BLIND))
    home.give(Tick(), after=25 * 3600)
    home.give(Help(cause=Cause.BUTTON))
    assert {kind_of(event) for event in home.said} == kinds_up().keys() - {"hello"}


DOWN = [one for one in accepted_events() if one.schema in kinds() and "kit" in one.content]
UNKNOWN_CODE = {"life/newer_minor", "command/newer_minor"}
# a `case` is shown and nothing more: what can be read of it is better than nothing
BROKEN_BODY = [
    one
    for one in refused_events()
    if one.schema in {"receipt", "life", "command"}
    and one.because
    and one.because.field.startswith("/data")
]


@pytest.mark.parametrize("example", DOWN, ids=lambda example: example.name)
def test_what_may_come_down_is_understood_or_counts_as_nothing(example: Example) -> None:
    if example.name in UNKNOWN_CODE:
        with pytest.raises(UnreadableError):
            word_of(example.content, HOUSEHOLD)
    else:
        assert word_of(example.content, HOUSEHOLD) is not None


@pytest.mark.parametrize("example", BROKEN_BODY, ids=lambda example: example.name)
def test_what_is_broken_counts_as_nothing_although_it_was_signed(example: Example) -> None:
    with pytest.raises(UnreadableError):
        word_of(example.content, HOUSEHOLD)


@pytest.mark.parametrize("example", DOWN, ids=lambda example: example.name)
def test_what_is_for_the_person_next_door_counts_as_nothing(example: Example) -> None:
    with pytest.raises(UnreadableError):
        word_of(example.content, "h-00000000zz")
