"""Home, relay and district, each from an old backup, copied, or without its key, in mid-case.

One story in all nine: an episode that is over, an open one that staff holds, the accident, a call
for help, staff's answers. The judge reads the district's file with plain SQL and the home's stage.
"""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
import json
from pathlib import Path
import shutil
import sqlite3
from typing import Any

import pytest

from custom_components.anshim_knock.logic.effects import untold
from custom_components.anshim_knock.logic.inputs import Help, KnockNow, Ok, Person as Who
from custom_components.anshim_knock.logic.words import Cause
from stage.processes import free_port
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess
from tests.journey.small_home import SmallHome
from tests.relay.support.process import TOKEN, RelayProcess, until, warm

ROOT = Path(__file__).parents[2]
PAGES = {"en": ROOT / "docs" / "restore.md", "ko": ROOT / "docs" / "ko" / "restore.md"}


@dataclass(kw_only=True)
class Story:
    folder: Path
    district: DistrictProcess
    relay: RelayProcess
    home: SmallHome
    staff: Person
    promised: set[str] = field(default_factory=set)

    @property
    def backup(self) -> Path:
        return self.folder / "backup"

    async def begin(self) -> None:
        """Everything is enrolled and backed up; then one episode passes, and one is held."""
        await self.relay.start()
        await self.relay.said("enrolled")
        self.home.start(self.relay.port)
        await self.relay.nothing_waits()
        self.back_up()
        self.home.given(KnockNow())
        self.home.given(Ok(person=Who.RESIDENT))
        await self.arrived()
        self.home.given(KnockNow())
        await self.arrived()
        await self.answer("hold", "welfare")

    def back_up(self) -> None:
        """While everything runs, as a good backup does it: each database as one moment saw it."""
        for name in ("district/data", "relay/data", "home"):
            place, kept = self.folder / name, self.backup / name
            shutil.copytree(place, kept, ignore=shutil.ignore_patterns("*.sqlite*", "*.db*"))
            for database in (*place.glob("*.sqlite"), *place.glob("*.db")):
                with (
                    closing(sqlite3.connect(database)) as source,
                    closing(sqlite3.connect(kept / database.name)) as target,
                ):
                    source.backup(target)

    async def arrived(self) -> None:
        await until(lambda: self.home.promised <= self.events())

    async def answer(self, answer: str, family: str, outcome: str = "") -> None:
        """Staff answers, and the home acts on it."""
        found = await until(lambda: self.open(family))
        self.staff.answer(found, answer, outcome)
        await self.heard()

    async def heard(self) -> None:
        """Until a fetch brings something."""
        before = self.home.heard

        def came() -> bool:
            self.home.listen()
            return self.home.heard != before

        await until(came)

    def open(self, family: str) -> str | None:
        found = [case.id for case in self.staff.board() if case.family == family]
        assert len(found) <= 1, found
        return found[0] if found else None

    async def end(self) -> None:
        """A call for help after the accident, staff's answers, and everything is over."""
        self.home.given(Help(cause=Cause.BUTTON))
        await self.arrived()
        await self.answer("handled", "emergency", "seen_well")
        await until(self.is_over)
        await self.arrived()

    def is_over(self) -> bool:
        """Whoever was seen is well: staff closes what is left, unless the home ends it first."""
        if found := self.open("welfare"):
            self.staff.answer(found, "handled", "seen_well")
        self.home.listen()
        return self.home.stage == "calm" and self.open("welfare") is None

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        path = self.district.data / "district.sqlite"
        with closing(sqlite3.connect(path, timeout=10)) as connection:
            return connection.execute(query).fetchall()

    def events(self) -> set[str]:
        return {id_ for (id_,) in self.sql("SELECT id FROM events")}

    def judge(self) -> None:
        """No alert lost, no second case, nothing resurrected."""
        assert self.home.promised - self.events() == set()
        assert self.sql("SELECT jws FROM quarantine") == []
        cases = self.sql("SELECT family, is_open, state FROM cases")
        ours = [case for case in cases if case[0] in {"welfare", "emergency"}]
        assert [case for case in ours if case[1]] == []
        episodes = [json.loads(state)["episode"] for _, _, state in ours]
        assert len(episodes) == len(set(episodes)) <= 3
        assert [family for family, _, _ in ours].count("emergency") == 1


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    district = DistrictProcess(folder=tmp_path / "district")
    district.options["heartbeat_seconds"] = 15
    district.options["listen"] = {"host": "127.0.0.1", "port": free_port()}
    district.start()
    staff = Person(client=district.client())
    staff.log_in()
    household = "h-restored01"
    code = staff.new_code(household)
    relay = RelayProcess(tmp_path / "relay", enrolment_code=code, district_url=district.url)
    home = SmallHome(path=tmp_path / "home" / "household", household=household, token=TOKEN)
    story = Story(folder=tmp_path, district=district, relay=relay, home=home, staff=staff)
    yield story
    await relay.end()
    district.end()


@pytest.fixture(scope="module", autouse=True)
def launcher() -> Any:
    yield
    if warm.cache_info().currsize:
        warm().close()
        warm.cache_clear()


def restore(story: Story, name: str, *only: str) -> None:
    """The backup in the place of what is there; `only`: but these files."""
    place, old = story.folder / name, story.backup / name
    if only:
        for file in only:
            shutil.copy(old / file, place / file)
        return
    shutil.rmtree(place)
    shutil.copytree(old, place)


async def home_from_old_backup(story: Story) -> None:
    restore(story, "home")
    story.home.start(story.relay.port)


async def home_copied(story: Story) -> None:
    """A second Home Assistant with the same household wakes up beside the first."""
    copy = story.folder / "copy"
    shutil.copytree(story.folder / "home", copy)
    other = SmallHome(path=copy / "household", household=story.home.household, token=TOKEN)
    other.start(story.relay.port)
    other.listen()
    other.given(Ok(person=Who.RESIDENT))
    story.home.promised |= other.promised
    await story.arrived()


async def home_without_its_key(story: Story) -> None:
    """The relay's token is another one: what is said waits at home until it is given anew."""
    story.home.token = "lost"
    story.home.given(Ok(person=Who.GUARDIAN))
    assert untold(story.home.state.outbox)
    story.home.token = TOKEN
    story.home.say()


async def relay_from_old_backup(story: Story) -> None:
    """Its identity is in no backup: only the outbox goes back."""
    await story.relay.end()
    identity = (story.relay.data / "identity.json").read_bytes()
    restore(story, "relay/data")
    (story.relay.data / "identity.json").write_bytes(identity)
    await story.relay.start()
    story.home.port = story.relay.port


async def relay_copied(story: Story) -> None:
    """Its memory card was copied, and the copy is switched on and off again."""
    copy = RelayProcess(story.folder / "copied")
    copy.options |= story.relay.options
    shutil.copytree(story.relay.data, copy.data)
    async with copy:
        await until(lambda: any(line["what"] == "connected" for line in copy.log()))


async def relay_without_its_key(story: Story) -> None:
    """A new card: enrolled again with a new code, its outbox rescued."""
    await story.relay.end()
    (story.relay.data / "identity.json").unlink()
    story.relay.options["enrolment_code"] = story.staff.new_code(story.home.household)
    await story.relay.start()
    await story.relay.said("enrolled")
    story.home.port = story.relay.port


async def district_from_old_backup(story: Story) -> None:
    story.district.kill()
    restore(story, "district/data")
    story.district.start()
    story.staff.client = story.district.client()
    story.staff.log_in()
    await story.arrived()


async def district_copied(story: Story) -> None:
    """A copy answered for a while under the same address, then the first one came back."""
    story.district.stop()
    shutil.copytree(story.district.data, story.folder / "first")
    story.district.start()
    story.home.given(Help(cause=Cause.BUTTON))
    await story.arrived()
    await story.heard()
    story.district.stop()
    shutil.rmtree(story.district.data)
    shutil.copytree(story.folder / "first", story.district.data)
    story.district.start()
    await story.arrived()


async def district_without_its_key(story: Story) -> None:
    story.district.stop()
    (story.district.data / "district-key.pem").unlink()
    story.district.start()


type Accident = Callable[[Story], Coroutine[Any, Any, None]]
MATRIX: dict[tuple[str, str], Accident] = {
    ("home", "backup"): home_from_old_backup,
    ("home", "copy"): home_copied,
    ("home", "key"): home_without_its_key,
    ("relay", "backup"): relay_from_old_backup,
    ("relay", "copy"): relay_copied,
    ("relay", "key"): relay_without_its_key,
    ("district", "backup"): district_from_old_backup,
    ("district", "copy"): district_copied,
    ("district", "key"): district_without_its_key,
}


WORDS = {
    "en": {word: word for key in MATRIX for word in key},
    "ko": {
        "home": "집",
        "relay": "중계기",
        "district": "구청",
        "backup": "백업",
        "copy": "복제",
        "key": "키",
    },
}


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_a_row_for_each_accident_and_no_other(language: str) -> None:
    words = WORDS[language]
    lines = PAGES[language].read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    assert [tuple(row[:2]) for row in rows[2:]] == [tuple(words[w] for w in key) for key in MATRIX]
    assert all(len(row) == 4 and all(row) for row in rows)


@pytest.mark.parametrize("accident", MATRIX.values(), ids=["-".join(key) for key in MATRIX])
async def test_nothing_is_lost_doubled_or_raised_from_the_dead_and_the_answer_arrives(
    story: Story, accident: Accident
) -> None:
    await story.begin()
    await accident(story)
    await story.end()
    story.judge()
