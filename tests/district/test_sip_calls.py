"""Automatic calls by SIP against real peers: who answers how, and what comes of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
import contextlib
from dataclasses import dataclass, field, replace
from pathlib import Path
import socket
import tempfile
from typing import Final

import pytest

from anshim_district.reach.carrier import CarrierError
from anshim_district.reach.outbox import Result
from anshim_district.reach.sip.account import Account
from anshim_district.reach.sip.carrier import SipCarrier
from anshim_district.reach.sip.line import Agent
from anshim_district.reach.sip.prompts import Pace, Prompts
from anshim_district.reach.sip.sound import read_wav
from anshim_district.registry.phones import Dialable
from tests.district.support.sip_peers import (
    MODULES,
    Telephone,
    exchange,
    telephone,
)
from tests.district.support.sounds import Samples, likeness, listen, samples_of, write_recording

RESIDENT: Final = Dialable("+821012345678")
WORDS: Final = "괜찮으시면 1번, 도움은 2번."
# the same sound is nearly 1, another sentence about 0.1
ALIKE: Final = 0.9
SPEAKS: Final = 0.2
WELL, HELP, SILENT = (Result.ANSWERED, "1"), (Result.ANSWERED, "2"), (Result.ANSWERED, "")
_WITHIN_S: Final = 25.0


@dataclass(kw_only=True)
class District:
    """A carrier, and what it reported."""

    carrier: SipCarrier
    reported: list[tuple[str, Result, str]] = field(default_factory=list)

    async def report(self, reference: str, result: Result, digit: str) -> None:
        self.reported.append((reference, result, digit))

    @property
    def outcomes(self) -> list[tuple[Result, str]]:
        return [(result, digit) for _, result, digit in self.reported]

    async def call(self, reference: str = "c-1.1.1.0", to: Dialable = RESIDENT) -> None:
        await self.carrier.call(to, WORDS, digits="12", reference=reference)

    async def over(self) -> list[tuple[Result, str]]:
        """Once nothing goes on any more."""
        async with asyncio.timeout(_WITHIN_S):
            while self.carrier.going:  # noqa: ASYNC110 - it ends by itself, and tells nobody
                await asyncio.sleep(0.02)
        return self.outcomes


@contextlib.asynccontextmanager
async def calling(
    folder: Path, server: str, *, ring_s: float = 10.0, lines: int = 24, password: str = ""
) -> AsyncIterator[District]:
    sounds = folder / "sounds"
    sounds.mkdir(parents=True)
    pace = Pace(before_s=0.3, times=1, pause_s=1.0)

    async def report(reference: str, result: Result, digit: str) -> None:
        await district.report(reference, result, digit)

    district = District(
        carrier=SipCarrier(
            account=Account(server=server, user="district", password=password),
            agent=Agent(modules=MODULES, interface="127.0.0.1"),
            prompts=Prompts(folder=sounds, language="ko", pace=pace),
            report=report,
            thanks="네.",
            lines=lines,
            ring_s=ring_s,
        )
    )
    try:
        yield district
    finally:
        await district.carrier.close()


type Owner = Callable[[Telephone], Coroutine[object, object, None]]


def at_a_telephone(
    folder: Path, owner: Owner, *, talk: Path | None = None
) -> list[tuple[Result, str]]:
    """One call to somebody who does as `owner` does."""

    async def both() -> list[tuple[Result, str]]:
        async with (
            telephone(folder / "peer", talk=talk) as peer,
            calling(folder, peer.server) as district,
        ):
            await district.call()
            await owner(peer)
            return await district.over()

    return asyncio.run(both())


@pytest.mark.parametrize("digit", ["1", "2"])
def test_the_digit_that_somebody_presses_is_their_answer(tmp_path: Path, digit: str) -> None:
    async def owner(peer: Telephone) -> None:
        await peer.until("CALL_ESTABLISHED")
        await peer.press(digit)

    assert at_a_telephone(tmp_path, owner) == [(Result.ANSWERED, digit)]


def test_a_two_after_a_one_is_a_call_for_help_all_the_same(tmp_path: Path) -> None:
    async def owner(peer: Telephone) -> None:
        await peer.until("CALL_ESTABLISHED")
        await peer.press("1")
        await peer.press("2")

    assert at_a_telephone(tmp_path, owner) == [WELL, HELP]


def test_another_digit_is_none_and_the_right_one_after_it_counts(tmp_path: Path) -> None:
    async def owner(peer: Telephone) -> None:
        await peer.until("CALL_ESTABLISHED")
        await peer.press("5")
        await peer.press("1")

    assert at_a_telephone(tmp_path, owner) == [WELL]


def test_who_hangs_up_has_not_answered(tmp_path: Path) -> None:
    async def owner(peer: Telephone) -> None:
        await peer.until("CALL_ESTABLISHED")
        await peer.hang_up()

    assert at_a_telephone(tmp_path, owner) == [SILENT]


def test_nothing_of_what_somebody_says_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    written: list[str] = []

    async def owner(peer: Telephone) -> None:
        await peer.until("CALL_RTPESTAB")
        files = tmp_path.glob("anshim-call-*/*")  # noqa: ASYNC240 - nobody waits for it
        written.extend(path.name for path in files)
        await peer.hang_up()

    assert at_a_telephone(tmp_path, owner) == [SILENT]
    assert written == ["config"]
    assert not list(tmp_path.glob("anshim-call-*"))


# what is heard at the other end


async def heard_at_the_other_end(
    folder: Path, *, early_s: float = 0.0, recording: Path | None = None, talk: Path | None = None
) -> tuple[Samples, Samples]:
    """The recording there of a call in which nobody presses, and what was to be said."""
    async with (
        telephone(folder / "peer", mode="early" if early_s else "auto", talk=talk) as peer,
        calling(folder, peer.server) as district,
    ):
        prompts = district.carrier.prompts
        prompts.recording = read_wav(recording) if recording else None
        await district.call()
        if early_s:
            await peer.until("CALL_RTPESTAB")
            await asyncio.sleep(early_s)
            await peer.control.tell("accept")
        assert await district.over() == [SILENT]
        heard = samples_of(await peer.recording())
        return heard, samples_of(prompts.question(WORDS, "12"))


@dataclass(frozen=True, kw_only=True)
class Calls:
    plain: tuple[Samples, Samples]
    early: tuple[Samples, Samples]
    recorded: tuple[Samples, Samples]
    recording: Samples


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Calls:
    """Three calls at the same time, each to its end."""
    folder = tmp_path_factory.mktemp("heard")
    own = Prompts(folder=folder, language="ko", pace=Pace(before_s=0, times=1, pause_s=0))
    recording = samples_of(own.question("구청입니다. 안녕하십니까?", "1"))
    write_recording(folder / "own.wav", recording, rate=44100)
    machine = Prompts(folder=folder, language="ko", pace=Pace(times=3, before_s=0, pause_s=0))
    talk = machine.question("지금은 전화를 받을 수 없습니다. 일. 이.", "1")

    async def all_of_them() -> tuple[tuple[Samples, Samples], ...]:
        # a machine that takes messages talks into the question, and presses nothing
        return await asyncio.gather(
            heard_at_the_other_end(folder / "plain", talk=talk),
            heard_at_the_other_end(folder / "early", early_s=1.5),
            heard_at_the_other_end(folder / "recorded", recording=folder / "own.wav"),
        )

    plain, early, recorded = asyncio.run(all_of_them())
    return Calls(plain=plain, early=early, recorded=recorded, recording=recording)


def assert_is_the_question(heard: Samples, sent: Samples) -> None:
    listened = listen(heard)
    assert listened.seconds == pytest.approx(len(sent) / 8000, abs=1.2)
    assert listened.in_band > 0.9
    assert SPEAKS < listened.speaking < 0.9
    alike, later_s = likeness(heard, sent)
    assert alike > ALIKE
    assert abs(later_s) < 0.3


def test_a_machine_that_answers_and_talks_hears_the_whole_question_and_has_not_answered(
    tmp_path: Path, calls: Calls
) -> None:
    assert_is_the_question(*calls.plain)
    other = Prompts(folder=tmp_path, language="ko", pace=Pace(times=1))
    stranger = samples_of(other.question("오늘은 날씨가 맑고 바람이 시원합니다.", "1"))
    assert likeness(calls.plain[0], stranger)[0] < ALIKE / 2


def test_what_the_exchange_plays_before_the_answer_takes_nothing_of_the_question(
    calls: Calls,
) -> None:
    assert_is_the_question(*calls.early)


def test_the_districts_own_recording_is_what_residents_hear(calls: Calls) -> None:
    """Whatever rate it was recorded in, and in two channels."""
    assert_is_the_question(*calls.recorded)
    assert likeness(calls.recorded[0], calls.recording)[0] > ALIKE


# what an exchange says instead


def refused_with(folder: Path, status: str) -> list[tuple[Result, str]]:
    """After a call that rang: before one, nobody believes that a number does not exist."""

    async def both() -> list[tuple[Result, str]]:
        async with (
            exchange(folder / "rings", "rings") as before,
            exchange(folder / "peer", "refused", status=status) as peer,
            calling(folder, before.server, ring_s=0.2) as district,
        ):
            await district.call()
            assert await district.over() == [(Result.NO_ANSWER, "")]
            assert await before.ended_well()
            district.reported.clear()
            district.carrier.ring_s = 10
            district.carrier.account = replace(district.carrier.account, server=peer.server)
            await district.call()
            outcomes = await district.over()
            assert await peer.ended_well(), peer.log.read_text(encoding="utf-8")
            return outcomes

    return asyncio.run(both())


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("486 Busy Here", Result.BUSY),
        ("404 Not Found", Result.DEAD_NUMBER),
        ("484 Address Incomplete", Result.DEAD_NUMBER),
        ("604 Does Not Exist Anywhere", Result.DEAD_NUMBER),
        ("503 Service Unavailable", Result.FAILED),
    ],
)
def test_what_the_exchange_says_is_what_came_of_the_call(
    tmp_path: Path, status: str, result: Result
) -> None:
    assert refused_with(tmp_path, status) == [(result, "")]


def test_a_line_that_never_rang_marks_no_number_as_dead(tmp_path: Path) -> None:
    async def one() -> list[tuple[Result, str]]:
        async with (
            exchange(tmp_path / "peer", "refused", status="404 Not Found") as peer,
            calling(tmp_path, peer.server) as district,
        ):
            await district.call()
            return await district.over()

    assert asyncio.run(one()) == [(Result.FAILED, "")]


def test_while_the_exchange_is_away_nobody_is_said_not_to_have_answered_and_it_may_come_back(
    tmp_path: Path,
) -> None:
    async def both() -> list[tuple[Result, str]]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as away:
            away.bind(("127.0.0.1", 0))
            async with (
                exchange(tmp_path / "peer", "rings") as back,
                calling(tmp_path, f"127.0.0.1:{away.getsockname()[1]}", ring_s=1.0) as district,
            ):
                await district.call("c-1.1.1.0")
                await district.over()
                carrier = district.carrier
                carrier.account = replace(carrier.account, server=back.server)
                await district.call("c-1.1.2.0")
                return await district.over()

    assert asyncio.run(both()) == [(Result.FAILED, ""), (Result.NO_ANSWER, "")]


@pytest.mark.parametrize(("password", "result"), [("s3cr=t!", Result.BUSY), ("no", Result.FAILED)])
def test_the_account_proves_itself_to_an_exchange_that_asks(
    tmp_path: Path, password: str, result: Result
) -> None:
    async def one() -> list[tuple[Result, str]]:
        async with (
            exchange(tmp_path / "peer", "password", user="district", password="s3cr=t!") as peer,
            calling(tmp_path, peer.server, password=password) as district,
        ):
            await district.call()
            outcomes = await district.over()
            assert await peer.ended_well()
            return outcomes

    assert asyncio.run(one()) == [(result, "")]


def test_twenty_are_called_at_once_and_each_is_heard(tmp_path: Path) -> None:
    numbers = [Dialable(f"+8210123456{place:02}") for place in range(20)]

    async def all_of_them() -> District:
        async with (
            exchange(tmp_path / "well", "presses", calls=10, digit="1", pause="1500") as well,
            exchange(tmp_path / "help", "presses", calls=10, digit="2", pause="1500") as help_,
            calling(tmp_path, well.server, lines=20) as district,
        ):
            first, second = numbers[:10], numbers[10:]
            await asyncio.gather(*(district.call(f"a{n}", to) for n, to in enumerate(first)))
            district.carrier.account = replace(district.carrier.account, server=help_.server)
            await asyncio.gather(*(district.call(f"b{n}", to) for n, to in enumerate(second)))
            assert district.carrier.going == 20
            with pytest.raises(CarrierError) as full:
                await district.call("one too many")
            assert full.value.again
            await district.over()
            assert await well.ended_well()
            assert await help_.ended_well()
            return district

    reported = asyncio.run(all_of_them()).reported
    assert {(reference[0], digit) for reference, _, digit in reported} == {("a", "1"), ("b", "2")}
    assert len(reported) == 20
