"""When everybody comes at once: help first, nobody waits for nothing, nobody's place is lost."""

import asyncio
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
import json
import socket
from typing import override

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
import pytest

from anshim_district.intake.admission import Admission
from anshim_district.intake.gate import PATIENCE, Gate, Patience, Place, Urgency, urgency_of
from anshim_district.problems import Problem
from tests.district.conftest import installed
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess

# As many as are heard at once.
MANY = Gate().free

SOON = {u: Patience(seconds=0.02, again_in=range(7, 8)) for u in Urgency} | {
    Urgency.HELP: PATIENCE[Urgency.HELP]
}


async def hold(gate: Gate, urgency: Urgency, name: str, order: list[str]) -> None:
    async with gate.place(urgency):
        order.append(name)
        await asyncio.sleep(0)


async def queued(*tasks: asyncio.Task[None]) -> None:
    """Each has come to the gate, in this order."""
    for _ in tasks:
        await asyncio.sleep(0)


async def test_a_call_for_help_goes_before_all_who_came_earlier() -> None:
    gate, order = Gate(free=1), list[str]()
    async with gate.place(Urgency.REST):
        tasks = [
            asyncio.create_task(hold(gate, urgency, name, order))
            for urgency, name in (
                (Urgency.REST, "heartbeat"),
                (Urgency.ALERT, "first alert"),
                (Urgency.ALERT, "second alert"),
                (Urgency.HELP, "help"),
            )
        ]
        await queued(*tasks)
        assert order == []
    await asyncio.gather(*tasks)
    assert order == ["help", "first alert", "second alert", "heartbeat"]


async def test_whoever_waits_too_long_is_told_when_to_come_again_and_help_waits_on() -> None:
    gate, order = Gate(free=1, patience=SOON), list[str]()
    async with gate.place(Urgency.REST):
        help_ = asyncio.create_task(hold(gate, Urgency.HELP, "help", order))
        with pytest.raises(Problem) as told:
            await hold(gate, Urgency.ALERT, "alert", order)
        assert told.value.response().headers["Retry-After"] == "7"
        assert told.value.status == 503
    await help_
    assert order == ["help"]


async def test_whoever_goes_away_while_waiting_takes_nobodys_place() -> None:
    gate, order = Gate(free=1), list[str]()
    async with gate.place(Urgency.REST):
        gone = asyncio.create_task(hold(gate, Urgency.ALERT, "gone", order))
        stays = asyncio.create_task(hold(gate, Urgency.ALERT, "stays", order))
        await queued(gone, stays)
        gone.cancel()
    await stays
    with suppress(asyncio.CancelledError):
        await gone
    await hold(gate, Urgency.ALERT, "next", order)
    assert order == ["stays", "next"]
    assert gate.free == 1


async def test_whoever_goes_away_in_the_moment_of_its_turn_hands_it_on() -> None:
    gate, order = Gate(free=1), list[str]()
    async with gate.place(Urgency.REST):
        gone = asyncio.create_task(hold(gate, Urgency.ALERT, "gone", order))
        stays = asyncio.create_task(hold(gate, Urgency.ALERT, "stays", order))
        await queued(gone, stays)
    gone.cancel()
    await stays
    assert order == ["stays"]
    assert gate.free == 1


async def test_a_handler_that_fails_gives_its_place_back() -> None:
    gate = Gate(free=1)
    with pytest.raises(ValueError, match="broken"):
        async with gate.place(Urgency.ALERT):
            raise ValueError("broken")
    assert gate.free == 1


def urgency(moved: MovedDistrict, *tokens: str) -> Urgency:
    body = json.dumps({"events": tokens}).encode()
    return asyncio.run(urgency_of(body, moved.service.kits, Gate()))[0]


def test_a_call_for_help_is_seen_in_a_batch_and_nothing_unreadable_is_one(
    moved: MovedDistrict, home: Kit
) -> None:
    calm, help_ = home.signed(home.alert()), home.signed(home.emergency())
    assert urgency(moved, calm, help_) is Urgency.HELP
    assert urgency(moved, calm) is Urgency.ALERT
    assert urgency(moved, "a.b.c") is Urgency.ALERT
    nothing = asyncio.run(urgency_of(b"\xff.\xff.", moved.service.kits, Gate()))
    assert nothing == (Urgency.ALERT, None)


def test_who_only_writes_that_they_need_help_goes_before_nobody(
    moved: MovedDistrict, home: Kit
) -> None:
    """Unsigned, signed by a stranger, under a kit's name but not by it, or as something else."""
    stranger, event = Kit(client=home.client, id=home.id), home.emergency()
    forged = home.signed(home.alert()).split(".")
    claimed = home.signed(event).split(".")
    for token in (
        ".".join((claimed[0], claimed[1], forged[2])),
        "x." + claimed[1] + ".y",
        stranger.signed(event),
        home.signed(event, typ="anshim-down+jws"),
    ):
        assert urgency(moved, token) is Urgency.REST
    assert urgency(moved, *[stranger.signed(event)] * 9, home.signed(event)) is Urgency.REST


@dataclass
class Watched(Gate):
    # each is at the gate by the time its test goes on
    came: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    @override
    def place(self, urgency: Urgency) -> Place:
        self.came.release()
        return super().place(urgency)


def test_of_one_kits_calls_for_help_one_at_a_time_goes_before_all_and_none_is_lost(
    moved: MovedDistrict, home: Kit, visitor: Person
) -> None:
    gate, order = Watched(free=1), list[str]()
    other = installed(moved, visitor)
    said = {
        "first": home.signed(home.emergency()),
        "alert": other.signed(other.alert()),
        "second": home.signed(home.emergency()),
        "third": home.signed(home.emergency()),
        "neighbour": other.signed(other.emergency()),
    }

    with_all_waiting(moved, gate, said, order)
    assert order == ["first", "neighbour", "alert", "second", "third"]
    assert gate.calling == set()


def test_a_recorded_call_for_help_keeps_no_new_one_of_its_home_waiting(
    moved: MovedDistrict, home: Kit, visitor: Person
) -> None:
    before, order = Watched(free=1), list[str]()
    other = installed(moved, visitor)
    recorded = home.signed(home.emergency())
    with_all_waiting(moved, before, {"yesterday": recorded}, order)
    # of the last letter of a signature four bits say nothing
    rewritten = recorded[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[recorded[-1]]
    said = {
        "alert": other.signed(other.alert()),
        "recording": recorded,
        "rewritten": rewritten,
        "help": home.signed(home.emergency()),
    }
    with_all_waiting(moved, Watched(free=1, answered=before.answered), said, order)
    assert order == ["yesterday", "help", "alert", "recording", "rewritten"]


def with_all_waiting(
    moved: MovedDistrict, gate: Watched, said: dict[str, str], order: list[str]
) -> None:
    """All have come, in this order, before the first is let through."""

    async def come(request: web.Request, _body: bytes) -> web.StreamResponse:
        order.append(request.headers["X-Name"])
        return web.Response()

    async def story() -> None:
        service = moved.service
        admission = Admission(gate=gate, kits=service.kits, figures=service.figures)
        app = web.Application()
        app.router.add_post("/v1/events", admission.events(come))
        async with TestClient(TestServer(app)) as client:
            async with gate.place(Urgency.REST):
                await gate.came.acquire()
                tasks = []
                for name, token in said.items():
                    sent = client.post(
                        "/v1/events", json={"events": [token]}, headers={"X-Name": name}
                    )
                    tasks.append(asyncio.ensure_future(sent))
                    await gate.came.acquire()
            await asyncio.gather(*tasks)

    asyncio.run(story())


@pytest.mark.parametrize("path", ["/v1/heartbeats", "/v1/events", "/v1/hello"])
def test_those_who_never_end_what_they_send_hold_up_no_call_for_help(
    district: DistrictProcess, kit: Kit, path: str
) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    )
    with ExitStack() as stack:
        for _ in range(2 * MANY):
            port = int(district.url.rpartition(":")[2])
            endless = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            endless.sendall(head.encode())
        assert kit.send(kit.emergency())[0].status == "durable"
