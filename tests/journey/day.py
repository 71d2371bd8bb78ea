"""What journeys say: life and silence at home, stages awaited at a fast clock, staff's answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from stage.devices import Device
from stage.household import Household
from stage.staff import ConsoleError, Outcome, ShownCase
from stage.street import Street
from stage.waiting import until

FLY, WALK = 120, 30
NEAR = timedelta(minutes=2)
# What changes within half a minute of a start or a return is no hand.
SETTLE = timedelta(minutes=2)


@dataclass(kw_only=True)
class Day:
    """One test's time on the street."""

    street: Street

    @property
    def home(self) -> Household:
        return self.street.household

    @property
    def now(self) -> datetime:
        return self.street.clock.now()

    def begin(self) -> None:
        """Mend what an earlier journey left broken, and let the street come to rest."""
        street = self.street
        street.clock.run(1)
        for line in (street.home_line, street.district_line):
            line.mend()
        for program in street.programs():
            if not program.running():
                program.start()
        until(self._comes_to_rest, "everything to be calm at the same time", within=180)

    def _comes_to_rest(self) -> bool:
        """Told, closed, somebody at the fridge; some minutes pass, and nothing more has come.

        What the earlier journey told last may still become a case, and whoever could not be reached
        is tried again within a minute: each round lets that time pass.
        """
        self.until_everything_is_delivered()
        self._close_what_is_open()
        self.use_fridge()
        home, relay = self.home, self.street.relay
        return (
            home.stage == "calm"
            and home.state("watch") == "seeing"
            and not self.street.books.lost
            and not relay.waiting()
            and not self.open_cases()
        )

    def _close_what_is_open(self) -> None:
        for case in self.open_cases():
            try:
                self.close(case)
            except ConsoleError:
                # It may have ended by itself meanwhile.
                if self.street.staff.case(case.id).is_open:
                    raise

    def close(self, case: ShownCase) -> None:
        self.street.staff.handle(case.id, Outcome.SEEN_WELL)

    def use_fridge(self) -> None:
        """Somebody opens the fridge, some time after whatever came back to the home.

        A kettle that boils every few minutes would be a thermostat's, and no sign of life.
        """
        before = self.home.moment("last_activity")
        until(lambda: self._opens_the_fridge(before), "the fridge to be noticed", within=120)

    def _opens_the_fridge(self, before: datetime | None) -> bool:
        """As often as it takes, as a person would: the stage's clocks may just have been set."""
        fridge = self.street.devices.fridge
        self.pass_time(SETTLE)
        for is_closed, state in ((False, "on"), (True, "off")):
            self.show(fridge, "contact", state, contact=is_closed)
        return self.home.moment("last_activity") != before

    def show(self, device: Device, key: str, state: str, **values: object) -> None:
        """Said again until it is heard, as devices do: the broker may just have come back."""

        def is_shown() -> bool:
            if self.shown(device, key) == state:
                return True
            self.report(device, **values)
            return False

        until(is_shown, f"{device.entity_id(key)} to show {state}")

    def report(self, device: Device, **values: object) -> None:
        self.street.bridge.report(device, **values)

    def shown(self, device: Device, key: str) -> str | None:
        return self.home.client.state(device.entity_id(key))

    def pass_time(self, span: timedelta) -> None:
        """Let nothing happen for a while."""
        self._travel(self.now + span)

    def silence_until(self, stage: str) -> None:
        """Nobody moves until the home is at the stage.

        Time flies from deadline to deadline: the next one need not be the stage's.
        """
        until(lambda: self._silent_for_a_deadline(stage), f"the stage {stage}", within=200)

    def _silent_for_a_deadline(self, stage: str) -> bool:
        """What brings the deadline nearer, such as eyes that open again, ends a flight."""
        deadline = until(lambda: self.home.moment("next_deadline"), "a next deadline")

        def is_there_or_nearer() -> bool:
            soon = self.home.moment("next_deadline")
            return self.home.stage == stage or (soon is not None and soon < deadline)

        self._travel(deadline - NEAR, unless=is_there_or_nearer)
        if not is_there_or_nearer():
            self._run(WALK)
            until(
                lambda: self.home.stage == stage or self.home.moment("next_deadline") != deadline,
                f"something to happen at {deadline:%H:%M}",
            )
            self._run(1)
        return self.home.stage == stage

    def _travel(self, to: datetime, *, unless: Callable[[], bool] = lambda: False) -> None:
        self._run(FLY)
        until(lambda: self.now >= to or unless(), f"{to:%H:%M} on the stage", within=120)
        self._run(1)

    def _run(self, rate: int) -> None:
        """Everybody looks at the clock at its new rate, also who sleeps until something happens."""
        self.street.clock.run(rate)
        self.street.relay.status()
        self.street.district.healthy()
        self.home.stage  # noqa: B018 - asking wakes Home Assistant

    def open_cases(self) -> list[ShownCase]:
        return self.street.staff.board()

    def welfare_case(self, stage: str) -> ShownCase:
        """The one case, once the district's page shows it at the stage."""
        return until(
            lambda: next((c for c in self.open_cases() if c.stage == stage), None),
            f"a case at {stage} on the district's page",
            # A relay that was cut off for long tries again within a minute.
            within=120,
        )

    def open_welfare_case(self) -> ShownCase:
        """The one open case about the resident's silence, at whatever stage."""
        return until(
            lambda: next((c for c in self.open_cases() if c.family == "welfare"), None),
            "a welfare case on the district's page",
        )

    def cases(self) -> list[ShownCase]:
        """Every welfare and emergency case this home ever had."""
        every = self.street.staff.cases_of(self.home.id)
        return [case for case in every if case.family in {"welfare", "emergency"}]

    def hold(self, case: ShownCase) -> None:
        """Staff takes the case, and the home knows."""
        self.street.staff.hold(case.id)
        until(lambda: self.home.attribute("stage", "owned"), "the home to know that it is owned")

    def handle(self, case: ShownCase, outcome: Outcome = Outcome.SEEN_WELL) -> None:
        """Staff closes the case, and the home knows."""
        self.street.staff.handle(case.id, outcome)
        self.home.until_stage("calm")
        until(lambda: not self.street.staff.case(case.id).is_open, "the case to be closed")

    def until_everything_is_delivered(self) -> None:
        """What the relay has kept is durable at the district, all of it."""
        street = self.street
        until(
            lambda: not street.books.lost and street.relay.status() and not street.relay.waiting(),
            "everything that was kept to be delivered",
            within=120,
        )
