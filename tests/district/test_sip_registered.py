"""A line that is encrypted and registered, at a real PBX: kamailio, with baresip at both ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import contextlib
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
import json
from pathlib import Path
import shutil
import tempfile

import pytest

from anshim_district.certificates import self_signed
from anshim_district.clock import SystemClock
from anshim_district.options import OptionsError, read_options
from anshim_district.reach.carriers import registration_of
from anshim_district.reach.outbox import Result
from anshim_district.reach.sip.account import Account
from anshim_district.reach.sip.carrier import SipCarrier
from anshim_district.reach.sip.line import Agent
from anshim_district.reach.sip.prompts import Pace, Prompts
from anshim_district.reach.sip.registration import Registration
from anshim_district.registry.phones import Dialable
from anshim_district.storage.workers import who_is_here
from tests.district.conftest import Make, admin_with_phone
from tests.district.support.moved import MovedDistrict
from tests.district.support.pbx import PASSWORD, Pbx, pbx
from tests.district.support.person import Person
from tests.district.support.postgres import Postgres
from tests.district.support.process import until
from tests.district.support.provider import Provider
from tests.district.support.reaching import told, write
from tests.district.support.sip_peers import MODULES, telephone

RESIDENT, HOME = Dialable("+821012345678"), "01012345678"


def account_at(place: Pbx, password: str = PASSWORD) -> Account:
    return Account(
        server=place.server, user="district", password=password, transport="tls", srtp=True
    )


def agent_for(authority: Path) -> Agent:
    return Agent(modules=MODULES, interface="127.0.0.1", authority=str(authority))


@dataclass(kw_only=True)
class Calls:
    carrier: SipCarrier
    outcomes: list[tuple[Result, str]] = field(default_factory=list)

    async def one(self) -> None:
        await self.carrier.call(RESIDENT, "1번을 누르세요.", digits="12", reference="c.1.1.0")

    async def over(self) -> list[tuple[Result, str]]:
        async with asyncio.timeout(20):
            while self.carrier.going:  # noqa: ASYNC110 - it ends by itself, and tells nobody
                await asyncio.sleep(0.02)
        return self.outcomes


@contextlib.asynccontextmanager
async def calling(folder: Path, place: Pbx) -> AsyncIterator[Calls]:
    sounds = folder / "sounds"
    sounds.mkdir(parents=True)

    async def report(_: str, result: Result, digit: str) -> None:
        calls.outcomes.append((result, digit))

    carrier = SipCarrier(
        account=account_at(place),
        agent=agent_for(place.pem),
        prompts=Prompts(folder=sounds, language="ko", pace=Pace(before_s=0.3, times=1)),
        report=report,
        thanks="네.",
        lines=4,
        ring_s=10.0,
    )
    calls = Calls(carrier=carrier)
    try:
        yield calls
    finally:
        await carrier.close()


@contextlib.asynccontextmanager
async def keeping(
    place: Pbx, *, password: str = PASSWORD, authority: Path | None = None, every_s: int = 60
) -> AsyncIterator[Registration]:
    registration = Registration(
        account=account_at(place, password),
        agent=agent_for(authority or place.pem),
        clock=SystemClock(),
        every_s=every_s,
    )
    task = asyncio.create_task(registration.run())
    try:
        yield registration
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(look: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not look():  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.02)


def test_a_call_by_the_pbx_is_encrypted_all_the_way_and_the_digit_comes_through(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with pbx(tmp_path / "pbx") as place:
            at = place.account(HOME)
            async with (
                telephone(tmp_path / "peer", at=at) as peer,
                calling(tmp_path, place) as calls,
            ):
                await place.knows(HOME)
                await calls.one()
                await peer.until("CALL_ESTABLISHED")
                await peer.press("1")
                assert await calls.over() == [(Result.ANSWERED, "1")]
                invites = [line for line in place.log if line.startswith("ASKED INVITE")]
                assert set(invites) == {"ASKED INVITE tls district encrypted"}

    asyncio.run(story())


def test_a_telephone_that_cannot_encrypt_is_not_talked_to(tmp_path: Path) -> None:
    async def story() -> None:
        async with pbx(tmp_path / "pbx") as place:
            at = place.account(HOME, more="")
            async with (
                telephone(tmp_path / "peer", at=at) as peer,
                calling(tmp_path, place) as calls,
            ):
                await place.knows(HOME)
                await calls.one()
                assert await calls.over() == [(Result.FAILED, "")]
                assert "CALL_ESTABLISHED" not in [said.type for said in peer.seen]

    asyncio.run(story())


def test_the_pbx_is_told_again_before_it_forgets_us_and_whoever_calls_hears_that_nobody_is_there(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with pbx(tmp_path / "pbx") as place, keeping(place, every_s=2) as registration:
            await place.knows("district")
            at = place.account(HOME)
            async with telephone(tmp_path / "peer", at=at) as peer:
                await place.knows(HOME)
                await peer.control.tell("dial", f"sip:district@{place.server};transport=tls")
                await peer.until("CALL_CLOSED")
                assert "CALL_ESTABLISHED" not in [said.type for said in peer.seen]
            await becomes(lambda: place.log.count("KNOWS district tls") > 1)
            assert registration.is_up

    asyncio.run(story())


def test_a_pbx_that_goes_and_comes_back_knows_us_again_by_itself(tmp_path: Path) -> None:
    async def story() -> None:
        async with pbx(tmp_path / "pbx") as place, keeping(place, every_s=2) as registration:
            await becomes(lambda: registration.is_up)
            await place.stop()
            await becomes(lambda: registration.down_since)
            async with pbx(tmp_path / "again", like=place) as again:
                await again.knows("district")
                await becomes(lambda: registration.is_up)

    asyncio.run(story())


@pytest.mark.parametrize("wrong", ["authority", "password"])
def test_a_line_that_is_not_taken_says_why_and_a_stranger_gets_no_password(
    tmp_path: Path, wrong: str
) -> None:
    async def story() -> None:
        other = self_signed(tmp_path)
        async with pbx(tmp_path / "pbx") as place:
            authority = other if wrong == "authority" else place.pem
            password = "not-it" if wrong == "password" else PASSWORD
            async with keeping(place, password=password, authority=authority) as registration:
                await becomes(lambda: registration.because)
                assert not registration.is_up
                if wrong == "password":
                    assert registration.because == "401 Unauthorized"
                else:
                    # it never got so far as to ask for one
                    assert place.log == []

    asyncio.run(story())


def test_staff_sees_a_line_that_is_down_and_the_administrators_get_one_text(
    make: Make, provider: Provider, tmp_path: Path
) -> None:
    async def story() -> None:
        async with pbx(tmp_path / "pbx", password="another") as place:
            sip = {"server": place.server, "user": "district", "password": PASSWORD}
            tls = {"transport": "tls", "ca": str(place.pem), "srtp": True}
            own = {"modules": MODULES, "interface": "127.0.0.1", "down_minutes": 0.01}
            district = make(reach=provider.options)
            await asyncio.to_thread(district.start)
            admin = await asyncio.to_thread(admin_with_phone, district)
            await asyncio.to_thread(write, admin, "phones", user="kim", phone="010-7777-0000")
            await asyncio.to_thread(district.stop)
            district.options["sip"] = {**sip, **tls, **own, "register": True}
            await asyncio.to_thread(district.start)
            admin = await asyncio.to_thread(admin_with_phone, district)
            await asyncio.to_thread(_is_told, admin, provider)
            health = district.client().get("/v1/health").json()
            assert (health["ok"], health["telephone"]) == (True, "down")
            await place.stop()
            async with pbx(tmp_path / "right", like=place) as right:
                await right.knows("district")
                await asyncio.to_thread(_is_well, admin)
            assert len(provider.references) == 1
            assert "not-it" not in district.log
            assert PASSWORD not in district.log

    asyncio.run(story())


def test_a_line_that_is_back_after_a_restart_is_not_complained_of_again(
    tmp_path: Path, provider: Provider
) -> None:
    sip = {"server": "127.0.0.1:9", "user": "district", "modules": MODULES, "register": True}
    options = {"reach": provider.options, "sip": sip}
    district = MovedDistrict(data=tmp_path, options=options)
    admin = admin_with_phone(district)
    write(admin, "phones", user="kim", phone="010-7777-0000")
    district.watch_line(down_for=timedelta(minutes=9))
    district.pass_time(seconds=0)
    assert told(provider) == []
    district.watch_line(down_for=timedelta(minutes=10))
    for minutes in (0, 239, 1):
        district.pass_time(minutes=minutes)
    # and again every four hours
    assert told(provider) == [("texts", "+821077770000")] * 2
    district.close()
    again = MovedDistrict(data=tmp_path, options=options)
    again.watch_line(down_for=None)
    again.pass_time(hours=24)
    assert told(provider) == []
    again.close()


@pytest.fixture
def two_workers(
    tmp_path: Path, provider: Provider, postgres: Postgres
) -> Iterator[tuple[MovedDistrict, MovedDistrict]]:
    """Each with a line of its own, and an administrator who has a telephone."""
    sip = {"server": "127.0.0.1:9", "user": "district", "modules": MODULES, "register": True}
    options = {"reach": provider.options, "sip": sip, "database": postgres.fresh()}
    with (
        closing(MovedDistrict(data=tmp_path, options=options)) as first,
        closing(MovedDistrict(data=tmp_path, options=options)) as second,
    ):
        write(admin_with_phone(first), "phones", user="kim", phone="010-7777-0000")
        yield first, second


def test_a_workers_good_line_ends_nothing_about_anothers_until_that_one_has_gone(
    two_workers: tuple[MovedDistrict, MovedDistrict], provider: Provider
) -> None:
    first, second = two_workers

    def at_work() -> int:
        with second.service.database.engine.connect() as connection:
            return len(who_is_here(connection))

    def heard_after(hours: int) -> int:
        second.pass_time(hours=hours)
        return len(told(provider))

    until(lambda: at_work() == 2, what="both")
    first.watch_line(down_for=timedelta(minutes=10))
    second.watch_line(down_for=None)
    assert [heard_after(hours) for hours in (0, 4)] == [1, 1]
    first.watch_line(down_for=None)
    assert heard_after(4) == 0
    first.watch_line(down_for=timedelta(minutes=10))
    assert heard_after(0) == 1
    first.close()
    until(lambda: at_work() == 1, what="the other alone")
    assert heard_after(4) == 0


def test_when_the_pbx_is_gone_for_all_workers_each_administrator_gets_one_text(
    two_workers: tuple[MovedDistrict, MovedDistrict], provider: Provider
) -> None:
    first, second = two_workers

    def heard_after(hours: int) -> int:
        second.pass_time(hours=hours)
        return len(told(provider))

    for worker in (first, second):
        worker.watch_line(down_for=timedelta(minutes=10))
    assert [heard_after(hours) for hours in (0, 3, 1, 4)] == [1, 0, 1, 1]
    # what is back says nothing; the other's is still down
    first.watch_line(down_for=None)
    assert [heard_after(hours) for hours in (0, 4)] == [0, 1]
    second.watch_line(down_for=None)
    assert heard_after(4) == 0


def _is_told(admin: Person, provider: Provider) -> None:
    until(lambda: provider.sent, what="the text")
    (sent,) = provider.taken()
    assert (sent.what, sent.to) == ("texts", "+821077770000")
    assert "전화 회선이 교환기에 연결되지 않습니다" in sent.words
    assert "교환기에 연결되지 않습니다" in admin.page("/board").text
    assert "401 Unauthorized" in admin.page("/duty").text


def _is_well(admin: Person) -> None:
    until(lambda: "교환기에 연결됨" in admin.page("/duty").text, within=60, what="the line")
    assert "교환기에 연결되지 않습니다" not in admin.page("/board").text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"transport": "tls"}, "belong together"),
        ({"ca": "/ca.pem"}, "belong together"),
        ({"transport": "tls", "ca": "/no/such"}, "there is no file"),
        ({"srtp": True}, "sip.srtp needs sip.transport tls"),
        ({"register_seconds": 5}, "/sip/register_seconds"),
    ],
)
def test_a_line_half_encrypted_is_refused_with_a_sentence(
    tmp_path: Path, wrong: dict[str, object], sentence: str
) -> None:
    with pytest.raises(OptionsError, match=sentence):
        read_options(options_with(tmp_path, **wrong))


def options_with(folder: Path, **other: object) -> Path:
    sip = {"server": "pbx", "user": "u", "modules": MODULES, "register": True, **other}
    path = folder / "options.json"
    given = {"district": {"id": "d", "name": "구"}, "sip": sip}
    path.write_text(json.dumps(given), encoding="utf-8")
    return path


def test_a_telephone_program_that_takes_any_certificate_is_refused(tmp_path: Path) -> None:
    pem = self_signed(tmp_path)
    tls = {"transport": "tls", "ca": str(pem)}
    assert registration_of(read_options(options_with(tmp_path, **tls)), SystemClock())
    # as baresip was before it minded: the same program, that is not told to
    careless = tmp_path / "careless"
    program = shutil.which("baresip")
    careless.write_text(
        '#!/bin/sh\nsed -i "/sip_verify_server/d; /sip_cafile/d" "$4/config"\n'
        f'exec "{program}" "$@"\n',
        encoding="utf-8",
    )
    careless.chmod(0o755)
    for other, sentence in ((careless, "takes any certificate"), ("/none", "cannot be started")):
        options = read_options(options_with(tmp_path, **tls, program=str(other)))
        with pytest.raises(OptionsError, match=sentence):
            registration_of(options, SystemClock())


@pytest.mark.parametrize("what", ["no room", "another"])
def test_whatever_keeps_the_line_from_being_registered_ends_nobody_who_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    if what == "no room":
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    else:
        monkeypatch.setattr(Account, "registering", lambda *_: 1 // 0)

    async def story() -> None:
        registration = Registration(
            account=Account(server="pbx", user="district"),
            agent=Agent(),
            clock=SystemClock(),
            every_s=60,
        )
        watching = asyncio.create_task(registration.run())
        async with asyncio.timeout(5):
            while not (registration.down_since or watching.done()):  # noqa: ASYNC110 - of a task
                await asyncio.sleep(0.01)
        assert not watching.done()
        expected = "cannot be started: No such file" if what == "no room" else "ZeroDivisionError"
        assert expected in registration.because
        watching.cancel()

    asyncio.run(story())
