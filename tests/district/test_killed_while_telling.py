"""The power goes between sending and marking: a text or call may be repeated, never lost."""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from anshim_district.certificates import self_signed
from tests.district.conftest import Make, admin_with_phone, installed, resident_with_phone
from tests.district.support.centre_system import CentreSystem
from tests.district.support.kit import Json, Kit
from tests.district.support.process import DistrictProcess, until
from tests.district.support.provider import Provider, Sent
from tests.district.support.sip_peers import MODULES, telephone


def send(home: Kit, event: Json) -> None:
    """The district may die before it answers."""
    with contextlib.suppress(httpx.TransportError):
        home.send(event)


def killed_when_sent(district: DistrictProcess, provider: Provider) -> None:
    def kill(_: Sent) -> None:
        district.kill()

    provider.heard = kill


def test_what_was_sent_and_not_marked_goes_out_again_under_the_same_name(
    make: Make, provider: Provider, tmp_path: Path
) -> None:
    system = CentreSystem(pem=self_signed(tmp_path))
    district = make(reach=provider.options, centre=system.options(tmp_path))
    district.start()
    home = installed(district, admin_with_phone(district))
    killed_when_sent(district, provider)
    send(home, home.emergency())
    until(lambda: provider.references, what="the text")
    district.exit_code()
    # half a minute after it was decided somebody tries again
    district.start_cold(later=timedelta(minutes=1))
    until(lambda: len(provider.references) > 1, what="the text again")
    assert provider.references[0] == provider.references[1]
    # by its name the provider knows that it is the same one
    assert [sent.what for sent in provider.sent] == ["texts"]
    # it had been handed to the control centre's system; whether that had heard it or not
    until(lambda: system.heard, what="the message to the control centre")
    assert len({(heard.id, heard.raw) for heard in system.heard}) == 1
    system.close()


def test_a_text_that_was_decided_and_not_sent_goes_out_after_the_restart(
    make: Make, provider: Provider
) -> None:
    provider.status = 503
    district = make(reach=provider.options)
    district.start()
    home = installed(district, admin_with_phone(district))
    home.send(home.emergency())
    district.kill()
    provider.status = 202
    district.start()
    until(lambda: provider.sent, within=60, what="the text")
    assert provider.sent[0].what == "texts"


def test_a_call_that_the_power_cut_off_is_made_again(make: Make, tmp_path: Path) -> None:
    async def story() -> None:
        async with telephone(tmp_path / "peer") as peer:
            sip: dict[str, Any] = {"server": peer.server, "user": "district"}
            own = {"modules": MODULES, "interface": "127.0.0.1"}
            district = make(sip=sip | own)
            district.start()
            home = resident_with_phone(district, admin_with_phone(district))
            send(home, home.alert("knock", rungs={"visit_in_s": 36000}))
            await peer.until("CALL_ESTABLISHED")
            # whether it was marked already or not
            district.kill()
            # nobody is left talking to a telephone that hears nothing
            await peer.until("CALL_CLOSED")
            district.start()
            await peer.until("CALL_ESTABLISHED")
            await peer.press("1")
            home.client = district.client()
            home.hello()
            until(lambda: ".life.v1" in str(home.listen()), what="the answer at home")

    asyncio.run(story())
