"""A district with a line of its own: what a call by SIP does to a case, and what staff sees."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path

import pytest

from anshim_district.options import OptionsError, read_options
from anshim_district.reach.carriers import carrier_of
from anshim_district.reach.outbox import Result
from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.provider import Provider
from tests.district.support.reaching import knock, told, write
from tests.district.support.sip_peers import MODULES, exchange, telephone


@dataclass(frozen=True, kw_only=True)
class Place:
    district: MovedDistrict
    admin: Person
    home: Kit

    def knock(self) -> None:
        knock(self.district, self.home)

    async def until[T](self, look: Callable[[], T]) -> T:
        async with asyncio.timeout(20):
            while not (seen := look()):  # noqa: ASYNC110 - of pages that another thread serves
                await asyncio.sleep(0.05)
            return seen

    def standing(self, family: str) -> str | None:
        """Of the open case, if there is one."""
        return next((c.standing for c in self.admin.board() if c.family == family), None)

    def timeline(self, case: str) -> str:
        page = self.admin.page(f"/cases/{case}").text
        return page[page.index("진행 기록") :]


@contextlib.asynccontextmanager
async def place(
    folder: Path, server: str, *, reach: dict[str, object] | None = None, program: str = "baresip"
) -> AsyncIterator[Place]:
    agent = {"program": program, "modules": MODULES, "interface": "127.0.0.1"}
    sip = {"server": server, "user": "district", **agent}
    district = MovedDistrict(data=folder, options={"sip": sip, "reach": reach or {}})
    try:
        admin = admin_with_phone(district)
        yield Place(district=district, admin=admin, home=resident_with_phone(district, admin))
    finally:
        district.close()


def test_a_one_on_the_telephone_ends_the_silence_and_is_life_for_the_home(tmp_path: Path) -> None:
    async def story() -> None:
        async with telephone(tmp_path / "peer") as peer, place(tmp_path, peer.server) as here:
            here.knock()
            (case,) = here.admin.board()
            await peer.until("CALL_ESTABLISHED")
            await peer.press("1")
            await here.until(lambda: not here.admin.board())
            (life,) = [m for m in here.home.listen() if m["type"].endswith(".life.v1")]
            assert life["data"]["evidence"] == "answered_call"
            timeline = here.timeline(case.id)
            assert "자동 안부 전화" in timeline
            assert "자동 전화에서 1번(괜찮음)을 누름" in timeline
            assert "5678" not in timeline

    asyncio.run(story())


def test_a_two_on_the_telephone_is_an_emergency_and_the_control_centre_is_called(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with telephone(tmp_path / "peer") as peer, place(tmp_path, peer.server) as here:
            # the same telephone is the control centre's
            write(here.admin, "phones", team="control", phone="010-1234-5678")
            here.knock()
            await peer.until("CALL_ESTABLISHED")
            await peer.press("2")
            await here.until(lambda: here.standing("emergency") == "free")
            await peer.until("CALL_CLOSED")
            # there are no texts on this line: the call takes the place of the first one at once
            here.district.pass_time(seconds=0)
            await peer.until("CALL_ESTABLISHED")
            await peer.press("1")
            await here.until(lambda: here.standing("emergency") == "held")

    asyncio.run(story())


def test_a_number_that_does_not_exist_is_marked_and_people_are_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            exchange(tmp_path / "busy", "refused", status="486 Busy Here") as busy,
            place(tmp_path, busy.server) as here,
        ):
            here.knock()
            (case,) = here.admin.board()
            await here.until(lambda: "통화 중" in here.timeline(case.id))
            assert await busy.ended_well()
            async with exchange(
                tmp_path / "dead", "refused", status="404 Not Found", port=busy.port
            ) as dead:
                here.district.pass_time(minutes=10)
                await here.until(lambda: "없는 번호" in here.timeline(case.id))
                assert await dead.ended_well()
            assert "없는 번호" in here.admin.page(f"/homes/{here.home.household}").text

    asyncio.run(story())


def test_texts_go_by_the_provider_and_calls_by_the_line(tmp_path: Path, provider: Provider) -> None:
    async def story() -> None:
        async with (
            telephone(tmp_path / "peer") as peer,
            place(tmp_path, peer.server, reach=provider.options) as here,
        ):
            here.knock()
            assert told(provider) == [("texts", "+821012345678")]
            here.district.pass_time(minutes=2)
            await peer.until("CALL_ESTABLISHED")
            await peer.press("1")
            await here.until(lambda: not here.admin.board())
            assert told(provider) == []

    asyncio.run(story())


def test_a_telephone_that_cannot_be_started_is_said_on_the_board(tmp_path: Path) -> None:
    async def story() -> None:
        async with place(tmp_path, "127.0.0.1:9", program="no-such-telephone") as here:
            here.knock()
            (case,) = here.admin.board()
            assert "나가지 않는 건이 1건" in here.admin.page("/board").text
            for _ in range(3):
                here.district.pass_time(seconds=30)
            assert "자동 안부 전화를 걸지 못함" in here.timeline(case.id)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"recording": "/none.wav"}, "sip.recording is wrong: /none.wav"),
        ({"user": ""}, "sip.user is needed"),
        ({"lines": 20}, "calls_at_once must be less than sip.lines"),
        ({"prefix": "119"}, "/sip/prefix"),
        ({"password": "a;b"}, "/sip/password"),
        ({"server": "pbx>;x"}, "/sip/server"),
    ],
)
def test_what_is_wrong_with_the_line_is_said_in_a_sentence(
    tmp_path: Path, wrong: dict[str, object], sentence: str
) -> None:
    async def nobody(_: str, __: Result, ___: str) -> None:
        raise AssertionError

    given = {"district": {"id": "d", "name": "구"}, "sip": {"server": "pbx", "user": "u", **wrong}}
    (tmp_path / "options.json").write_text(json.dumps(given), encoding="utf-8")
    with pytest.raises(OptionsError, match=sentence):
        carrier_of(read_options(tmp_path / "options.json"), nobody)
