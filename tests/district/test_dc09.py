"""The control centre's receiver (SIA DC-09): a real one, pysiaalarm's, takes every signal."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import shutil
from typing import Any, Final, override

import pytest
from siadc09 import message

from anshim_district.clock import Clock, SystemClock
from anshim_district.options import OptionsError, read_options
from anshim_district.reach.carrier import CarrierError
from anshim_district.reach.dc09.frames import STAMP, Account, crc16, stamp_in
from anshim_district.reach.dc09.line import Line
from anshim_district.reach.dc09.system import (
    Dc09System,
    Numbering,
    ServerClock,
    Signal,
    warn,
)
from tests.district.conftest import Make, admin_with_phone, installed, resident_with_phone
from tests.district.support.moved import HandClock, MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import until
from tests.district.support.provider import Provider
from tests.district.support.reaching import CONTROL, told
from tests.district.support.receiver import Receiver, receiver
from tests.district.test_lost_kit import report
from tests.relay.support.control_centre import ACCOUNT, KEY, ControlCentre
from tests.relay.test_control_centre import reply

type Place = Callable[..., MovedDistrict]
# a receiver takes what is stamped up to 20 seconds ahead
_AHEAD: Final = timedelta(seconds=15)
_IN_HALF_A_DAY: Final = datetime.now(UTC) + timedelta(hours=12)


@pytest.fixture
def signalling(tmp_path: Path, opened_once: Path, provider: Provider) -> Iterator[Place]:
    """At the real time: a receiver refuses what was not stamped just now.

    A little ahead, as what homes say meanwhile is stamped by the machine's clock.
    """
    shutil.copytree(opened_once, tmp_path, dirs_exist_ok=True)
    made: list[MovedDistrict] = []

    def one(at: Receiver, key: str | None = None, **other: object) -> MovedDistrict:
        options = {"reach": provider.options, "dc09": at.options(tmp_path, key, **other)}
        clock = HandClock(moment=SystemClock().now() + _AHEAD)
        made.append(MovedDistrict(data=tmp_path, options=options, clock=clock))
        return made[-1]

    yield one
    for district in made:
        district.close()


def close(admin: Person, household: str, outcome: str = "seen_well") -> None:
    case = admin.case_of(household)
    assert case
    assert admin.answer(case.id, "handled", outcome).status_code == 303


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_help_and_its_end_are_signals_that_the_receiver_takes(
    signalling: Place, provider: Provider, key: str | None
) -> None:
    with receiver(key) as at:
        district = signalling(at, key)
        home = resident_with_phone(district, admin := admin_with_phone(district))
        # a sealed answer is held against the clock that a poll has shown
        district.supervise()
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert at.signals == [(ACCOUNT, "QA", "0001")]
        # no telephone waited for it
        assert told(provider) == [("texts", CONTROL)]
        case = admin.case_of(home.household)
        assert case
        assert "관제센터 수신기에 신호 전송" in admin.page(f"/cases/{case.id}").text
        assert admin.answer(case.id, "hold").status_code == 303
        district.pass_time(seconds=0)
        close(admin, home.household)
        district.pass_time(seconds=0)
        # that somebody has it meanwhile is no signal
        assert [code for _, code, _ in at.signals] == ["QA", "QH"]
        # an independent parser reads the same
        read = [message.parse_frame(sent, key and key.encode()) for sent in at.alarms]
        assert [one.data.content for one in read] == [b"#12AB|Nri1/QA0001", b"#12AB|Nri1/QH0001"]


def test_a_silence_and_its_end_are_signals_and_each_home_keeps_its_number(
    signalling: Place,
) -> None:
    with receiver() as at:
        district = signalling(at)
        admin = admin_with_phone(district)
        first, second = installed(district, admin), installed(district, admin)
        for home in (first, second, first):
            home.send(home.alert("visit"))
            district.pass_time(seconds=0)
            close(admin, home.household)
            district.pass_time(seconds=0)
        points = [(code, point) for _, code, point in at.signals]
        assert points == [
            *(("NA", "0001"), ("NS", "0001")),
            *(("NA", "0002"), ("NS", "0002")),
            *(("NA", "0001"), ("NS", "0001")),
        ]
        assert len(set(at.numbers)) == 6
        # whoever reads it off the centre's screen finds the home
        found = admin.page("/homes?q=0002").text
        assert second.household in found
        assert first.household not in found
        assert "0002" in admin.page(f"/homes/{second.household}").text


def test_a_dong_or_a_home_may_have_an_account_of_its_own(signalling: Place) -> None:
    with receiver(accounts=(ACCOUNT, "BEEF", f"{ACCOUNT}0001")) as at:
        district = signalling(at, accounts="dong", dongs=["문안동=beef"])
        home = resident_with_phone(district, admin := admin_with_phone(district))
        home.send(home.emergency())
        district.pass_time(seconds=0)
        close(admin, home.household)
        district.close()
        again = signalling(at, accounts="home")
        admin = admin_with_phone(again)
        again.pass_time(seconds=0)
        assert at.signals == [("BEEF", "QA", "0001"), (f"{ACCOUNT}0001", "QH", "1")]


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_a_signal_of_a_lost_kit_says_so_beside_the_code(
    signalling: Place, provider: Provider, key: str | None
) -> None:
    with receiver(key) as at:
        district = signalling(at, key)
        home = resident_with_phone(district, admin := admin_with_phone(district))
        report(admin, home)
        district.supervise()
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert at.signals == [(ACCOUNT, "QA", "0001")]
        (sent,) = at.alarms
        read = message.parse_frame(sent, key and key.encode())
        assert [(one.prefix, one.value) for one in read.xdata] == [
            ("I", "FROM A KIT REPORTED LOST")
        ]
        assert "분실 신고된 장비에서 온 도움 요청" in provider.taken()[0].words


def test_a_receiver_that_does_not_understand_what_is_said_beside_it_still_gets_the_call_for_help(
    signalling: Place,
) -> None:
    with receiver() as at:
        district = signalling(at)
        home = resident_with_phone(district, admin := admin_with_phone(district))
        report(admin, home)
        at.centre.misbehave = lambda frame: _duh(frame) if b"REPORTED LOST" in frame else None
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert at.signals == [(ACCOUNT, "QA", "0001")]
        assert len(set(at.numbers)) == 1


def _duh(frame: bytes) -> bytes:
    number = frame.split(b'"')[2][:4]
    content = b'"DUH"%sR0L0A0[]' % number
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


@pytest.mark.parametrize("word", ["NAK", "DUH", "nonsense"])
def test_a_signal_that_is_not_taken_is_sent_again_under_its_number(
    signalling: Place, provider: Provider, word: str
) -> None:
    with receiver() as at:
        district = signalling(at)
        home = resident_with_phone(district, admin := admin_with_phone(district))
        answer = b"\n0000nonsense\r" if word == "nonsense" else reply(word)
        at.centre.misbehave = lambda _: answer
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert at.signals == []
        assert "받지 않은 알림이 1건" in admin.page("/board").text
        assert told(provider) == [("texts", CONTROL)]
        at.centre.misbehave = lambda _: None
        district.pass_time(seconds=5)
        assert at.signals == [(ACCOUNT, "QA", "0001")]
        assert len(at.numbers) == 2
        assert len(set(at.numbers)) == 1
        assert "받지 않은 알림" not in admin.page("/board").text


def test_with_another_key_nothing_counts_as_told(signalling: Place) -> None:
    with receiver(KEY) as at:
        district = signalling(at, "F" * 16)
        home = resident_with_phone(district, admin := admin_with_phone(district))
        home.send(home.emergency())
        district.pass_time(seconds=0)
        assert at.signals == []
        assert "받지 않은 알림이 1건" in admin.page("/board").text


def test_calls_for_help_overtake_what_waited_for_a_receiver_that_was_away(
    signalling: Place,
) -> None:
    with receiver() as at:
        district = signalling(at)
        admin = admin_with_phone(district)
        at.close()
        for _ in range(2):
            home = installed(district, admin)
            home.send(home.alert("visit"))
        district.pass_time(seconds=0)
        helps = installed(district, admin)
        helps.send(helps.emergency())
        at.open()
        district.pass_time(seconds=5)
        assert [code for _, code, _ in at.signals] == ["QA", "NA", "NA"]


def test_a_receiver_that_says_nothing_is_not_waited_for_for_ever() -> None:
    async def story() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        system = system_at(server.sockets[0].getsockname()[1])
        async with server:
            with pytest.raises(CarrierError, match="timeout"):
                await system.tell(signal)
            await system.close()

    account = Account(number=ACCOUNT)
    signal = Signal(account=account, data=f"#{ACCOUNT}|Nri1/QA0001", number=1)
    asyncio.run(story())


@pytest.mark.parametrize(
    "forged",
    ["_23:59:59,12-31-9999", f"_{_IN_HALF_A_DAY:{STAMP}}"],
    ids=["at the end of time", "in half a day"],
)
def test_a_forged_time_in_a_refusal_ends_no_supervision(forged: str) -> None:
    """Whoever is on the line can write a NAK, and break the line before the next answer."""
    answers = [nak(forged), b""]

    async def story() -> None:
        async with ControlCentre(None) as centre:
            centre.misbehave = lambda _: answers.pop(0) if answers else None
            await supervises(system_at(centre.port, poll_s=1), centre)
            stamped = stamp_in(centre.frames[2].decode().strip())
            assert stamped
            assert abs(stamped - SystemClock().now()) < timedelta(minutes=1)

    asyncio.run(story())


def test_what_goes_wrong_with_a_poll_ends_no_supervision() -> None:
    class BreaksOnce(SystemClock):
        broke = False

        @override
        def now(self) -> datetime:
            if not self.broke:
                self.broke = True
                raise OverflowError("no such time")
            return super().now()

    async def story() -> None:
        async with ControlCentre(None) as centre:
            await supervises(system_at(centre.port, BreaksOnce(), poll_s=0), centre)

    asyncio.run(story())


async def supervises(system: Dc09System, centre: ControlCentre) -> None:
    """Until the receiver has taken a poll."""
    watching = asyncio.create_task(system.run())
    async with asyncio.timeout(5):
        while not (centre.events or watching.done()):  # noqa: ASYNC110 - of the receiver
            await asyncio.sleep(0.01)
    assert not watching.done()
    watching.cancel()
    await system.close()


def nak(stamp: str) -> bytes:
    content = f'"NAK"0000R0L0A0[]{stamp}'.encode()
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


def system_at(port: int, clock: Clock | None = None, poll_s: int = 60) -> Dc09System:
    clock = clock or SystemClock()
    line = Line("127.0.0.1", port, ServerClock(clock=clock), warn, patience_s=0.1)
    numbering = Numbering(account=Account(number=ACCOUNT), dongs={}, each_home=False)
    return Dc09System(line=line, numbering=numbering, clock=clock, poll_s=poll_s)


def test_staff_sees_that_the_receiver_is_away_and_that_it_is_back(
    make: Make, provider: Provider, tmp_path: Path
) -> None:
    with receiver() as at:
        at.close()
        district = make(reach=provider.options, dc09=at.options(tmp_path, None))
        district.start()
        admin = admin_with_phone(district)
        until(lambda: "수신기가" in admin.page("/board").text, what="the notice")
        at.open()
        until(lambda: "수신기가" not in admin.page("/board").text, what="its end")
        assert [frame for frame in at.centre.frames if b'"NULL"' in frame]


@pytest.mark.parametrize(
    ("dc09", "sentence"),
    [
        ({"server": "centre:8001"}, "dc09.account is needed"),
        ({"server": "centre"}, "/dc09/server"),
        ({"server": "centre:0", "account": "12AB"}, "its port is none"),
        ({"server": "centre:8001", "account": "12XY"}, "/dc09/account"),
        ({"server": "centre:1", "account": "12AB", "accounts": "dong"}, "belong together"),
        ({"server": "centre:1", "account": "12AB", "key_file": "/none"}, "cannot be read"),
        ({"server": "centre:1", "account": "12AB", "key_file": "short"}, "16, 24 or 32"),
        ({"server": "centre:1", "account": "12AB", "key_file": "odd"}, "16, 24 or 32"),
        ({"server": "centre:1", "account": "12AB", "key_file": "good"}, "without a telephone"),
    ],
)
def test_a_receiver_half_described_is_refused_with_a_sentence(
    tmp_path: Path, dc09: dict[str, Any], sentence: str
) -> None:
    for name, text in (("short", "abc"), ("odd", "hex:xyz"), ("good", f"hex:{'0a' * 16}")):
        (tmp_path / name).write_text(text, encoding="ascii")
    if key := dc09.get("key_file"):
        dc09 = dc09 | {"key_file": str(tmp_path / key)}
    path = tmp_path / "options.json"
    path.write_text(json.dumps({"district": {"id": "d", "name": "구"}, "dc09": dc09}))
    with pytest.raises(OptionsError, match=sentence):
        read_options(path)
