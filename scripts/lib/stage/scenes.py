"""The two scenes of the demo: a silence that ends with a visit, and one that a kettle ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from stage import morning
from stage.staff import Outcome, ShownCase
from stage.story import HOME_ZONE, Story, Who
from stage.street import Street
from stage.waiting import until

# Where nothing happens time may fly. Where something does it goes slower, so that the programs' own
# time-outs (10 s are a twelfth of a second when it flies) have room to spare on a busy machine.
FLY, HURRY, WALK = 120, 60, 20
NEAR = timedelta(minutes=2)
ON_THE_WAY = timedelta(minutes=9)


class StoryBrokenError(AssertionError):
    """Something happened that must never happen."""


@dataclass(kw_only=True)
class Scenes:
    """Played one after the other on the same street."""

    street: Street
    story: Story

    def morning(self) -> None:
        """The home is alive: the recorded kettle and microwave, and doors."""
        last = morning.plan(self.street)
        self.story.tell(Who.HOME, "a recorded morning begins: kettle, microwave, doors")
        self._travel(last + timedelta(minutes=1), rate=HURRY)
        household = self.street.household
        until(lambda: household.state("watch") == "seeing", "the home to see its usual activity")
        self.story.tell(
            Who.HOME, f"calm and seeing; last sign of life {self._shown('last_activity')}"
        )

    def silence_until_visit(self) -> None:
        """She does not move any more: quiet, knock, visit, and a person who goes."""
        self.story.tell(Who.HOME, "silence begins")
        self._until_stage("quiet", "no sign of life for the limit; the home asks first")
        self._case_shown(stage="quiet")
        self._until_stage("knock", "nobody answered at home; somebody is to call")
        self._case_shown(stage="knock")
        self._until_stage("visit", "nobody answered the call; somebody must go")
        case = self._case_shown(stage="visit")
        self._held_by_staff(case)
        self._door_says_nothing(case)
        self._found_well(case)

    def silence_until_kettle(self) -> None:
        """Silent again, and this time the kettle answers."""
        self.story.tell(Who.HOME, "silence begins once more")
        self._until_stage("quiet", "no sign of life for the limit; the home asks first")
        case = self._case_shown(stage="quiet")
        use = morning.kettle_again(self.street)
        self.story.tell(Who.HOME, f"the kettle is switched on (recorded {use.at:%Y-%m-%d %H:%M})")
        self.street.household.until_stage("calm")
        self.story.tell(Who.HOME, "calm again: somebody is at the kettle")
        self._closed(case)

    def _travel(self, to: datetime, *, rate: int = FLY) -> None:
        clock = self.street.clock
        clock.run(rate)
        self._nudge()
        until(lambda: clock.now() >= to, f"{to.astimezone(HOME_ZONE):%H:%M}", within=180)
        clock.run(1)

    def _nudge(self) -> None:
        """Whoever sleeps until a moment of slower time looks at the clock again."""
        self.street.household.client.get("/api/")
        self.street.relay.status()
        self.street.district.healthy()

    def _until_stage(self, stage: str, what: str) -> None:
        household, clock = self.street.household, self.street.clock
        deadline = until(lambda: household.moment("next_deadline"), "a next deadline")
        self._travel(deadline - NEAR)
        clock.run(WALK)
        self._nudge()
        household.until_stage(stage)
        clock.run(1)
        self.story.tell(Who.HOME, f"{stage}: {what}")

    def _case_shown(self, *, stage: str) -> ShownCase:
        staff = self.street.staff
        case = until(
            lambda: next((c for c in staff.board() if c.stage == stage), None),
            f"the district's page to show a case at {stage}",
        )
        self.story.tell(Who.DISTRICT, f"the page shows a {case.family} case at {stage}")
        return case

    def _held_by_staff(self, case: ShownCase) -> None:
        self.street.staff.hold(case.id)
        self.story.tell(Who.DISTRICT, "staff takes the case and goes there")
        self._receipt("hold")
        self.story.tell(Who.HOME, "the home knows: a person has it")

    def _door_says_nothing(self, case: ShownCase) -> None:
        """The officer opens the door. That is no sign of the resident's life."""
        street = self.street
        self._travel(street.clock.now() + ON_THE_WAY)
        morning.open_door(street, "front_door", street.clock.now())
        until(lambda: street.books.said("note"), "the home to put a note on the case")
        if street.household.stage != "visit" or not street.staff.case(case.id).is_open:
            raise StoryBrokenError("a door that opened ended a visit that a person has")
        self.story.tell(Who.HOME, "the front door opens: noted on the case, which stays open")

    def _found_well(self, case: ShownCase) -> None:
        self.street.staff.handle(case.id, Outcome.SEEN_WELL)
        self.story.tell(Who.DISTRICT, "staff saw the resident, well; the case is handled")
        self._receipt("handled")
        self.street.household.until_stage("calm")
        self.story.tell(Who.HOME, "calm: the receipt has arrived")
        self._closed(case)

    def _receipt(self, answer: str) -> None:
        household = self.street.household
        until(lambda: household.state("receipt") == answer, f"the receipt {answer!r} at home")

    def _closed(self, case: ShownCase) -> None:
        staff = self.street.staff
        until(lambda: not staff.case(case.id).is_open, f"case {case.id} to be closed")
        self.story.tell(Who.DISTRICT, "the case is closed")

    def _shown(self, key: str) -> str:
        moment = self.street.household.moment(key)
        return f"{moment.astimezone(HOME_ZONE):%H:%M}" if moment else "unknown"
