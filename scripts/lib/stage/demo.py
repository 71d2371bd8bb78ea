"""`scripts/demo`: plays the story on real programs; stays up, or ends with a verdict in JSON."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import shutil
import signal
import tempfile
from types import FrameType
from typing import Never

from stage import morning
from stage.clock import StageClock, find_library
from stage.district import STAFF
from stage.home_assistant import OWNER, PASSWORD
from stage.ledger import Alert, Books
from stage.scenes import Scenes
from stage.story import Story, Verdict, Who
from stage.street import Builder, Street
from stage.waiting import until

STOPPED = 130
# Each of them leaves one welfare case behind. A busy machine may add technical ones, for 10 s to
# write a file are soon over when time flies; they must be closed, too.
SCENES = 2


@dataclass(kw_only=True)
class Demo:
    """One run in a folder of its own."""

    folder: Path
    story: Story
    books: Books

    @classmethod
    def new(cls) -> Demo:
        folder = Path(tempfile.mkdtemp(prefix="anshim-knock-demo-"))
        start = morning.begins(datetime.now(UTC))
        clock = StageClock(folder=folder / "clock", library=find_library(), start=start)
        story = Story(clock=clock)

        def kept(alert: Alert) -> None:
            story.tell(Who.RELAY, f"{alert.kind} is on the relay's disk ({alert.id})")

        def delivered(alert: Alert) -> None:
            story.tell(Who.RELAY, f"{alert.kind} is durable at the district")

        return cls(folder=folder, story=story, books=Books(on_kept=kept, on_delivered=delivered))

    def play(self, ending: ExitStack) -> tuple[Street, Verdict]:
        """Set everything up as a technician would, play both scenes, and close the books."""
        builder = Builder(
            folder=self.folder,
            ending=ending,
            clock=self.story.clock,
            books=self.books,
            tell=self.story.aside,
        )
        street = builder.build()
        scenes = Scenes(street=street, story=self.story)
        scenes.morning()
        scenes.silence_until_visit()
        scenes.silence_until_kettle()
        return street, self._verdict(street)

    def _verdict(self, street: Street) -> Verdict:
        until(
            lambda: not self.books.lost and not street.relay.waiting(),
            "everything that was kept to be delivered",
        )
        cases = street.staff.cases_of(street.household.id)
        welfare = sum(case.family == "welfare" for case in cases)
        return self.closing(
            cases=[{"kind": case.family, "state": case.standing} for case in cases],
            ok=welfare == SCENES and not any(case.is_open for case in cases),
        )

    def closing(self, *, cases: list[dict[str, str]], ok: bool) -> Verdict:
        kept, lost = len(self.books.kept), len(self.books.lost)
        return Verdict(
            story=self.story.lines,
            alerts_kept=kept,
            alerts_delivered=kept - lost,
            lost=lost,
            cases=cases,
            ok=ok and kept > 0 and lost == 0,
        )


def run(*, once: bool) -> int:
    """Play it. Gives the exit code."""
    # Also where Ctrl-C was being ignored, as in the background of a script.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _as_ctrl_c)
    if find_library() is None:
        print(
            "The demo needs libfaketime to run faster than time; see what scripts/bootstrap says."
        )
        return 1
    demo = Demo.new()
    try:
        code = _play(demo, once=once)
    except KeyboardInterrupt:
        code = STOPPED
    if code in {0, STOPPED}:
        shutil.rmtree(demo.folder, ignore_errors=True)
    return code


def _play(demo: Demo, *, once: bool) -> int:
    verdict = demo.closing(cases=[], ok=False)
    try:
        with ExitStack() as ending:
            # Whatever ends, ends in its own time.
            street, verdict = demo.play(ending)
            if not once:
                _stay_up(street)
    except KeyboardInterrupt:
        raise
    except Exception as trouble:  # noqa: BLE001 - whatever went wrong is told, with where to look
        print(f"The demo did not end well: {trouble}")
        print(f"What the programs said is in {demo.folder}/logs.")
        verdict = demo.closing(cases=verdict.cases, ok=False)
    if once:
        print(verdict.as_json(), flush=True)
    return 0 if verdict.ok else 1


def _stay_up(street: Street) -> None:
    """Real time again, and everything open to be tried by hand."""
    street.clock.run(1)
    device = f"{street.home.url}/config/devices/device/{street.household.device_id}"
    print(
        f"""
Everything stays up, in real time; Ctrl-C ends it.
  Home Assistant   {street.home.url}   user {OWNER}   password {PASSWORD}
  the household    {device}   (try its button "Help")
  the district     {street.district.url}   user {STAFF}   password {street.district.password}
  logs             {street.folder}/logs
""",
        flush=True,
    )
    try:
        signal.pause()
    except KeyboardInterrupt:
        print("Ending everything.", flush=True)


def _as_ctrl_c(number: int, frame: FrameType | None) -> Never:
    raise KeyboardInterrupt
