"""Puts the relay together and runs it until it is told to stop.

Called by the program; decides nothing itself.
"""

import asyncio
from collections.abc import Mapping

import aiohttp
from aiohttp import web

from anshim_relay import log, supervisor
from anshim_relay.beats import Beats
from anshim_relay.bell import Bell
from anshim_relay.condition import Condition
from anshim_relay.desk import Desk
from anshim_relay.district import KIT_REVOKED, District
from anshim_relay.downlink import Downlink
from anshim_relay.enrolment import Enroller
from anshim_relay.envelope import Priority
from anshim_relay.heartbeat import Heart
from anshim_relay.home import Home
from anshim_relay.housekeeping import Housekeeping
from anshim_relay.intake import Intake
from anshim_relay.invitation import Invitation
from anshim_relay.local import application
from anshim_relay.loops import Loop, after, running
from anshim_relay.metrics import Metrics
from anshim_relay.page.server import Page
from anshim_relay.parts import Parts
from anshim_relay.receivers import Receivers, receivers
from anshim_relay.refill import Refill
from anshim_relay.refusals import Refusals
from anshim_relay.session import Sessions
from anshim_relay.supervisor import Supervisor
from anshim_relay.tls import Contexts

SHUTDOWN_S = 0.5


class Relay:
    """One place that knows everybody, so that nobody else has to."""

    def __init__(
        self, parts: Parts, numbers: Mapping[str, int], http: aiohttp.ClientSession
    ) -> None:
        self._parts = parts
        self._arrived = Bell()
        self._enrolled = asyncio.Event()
        self._supervisor = Supervisor(http)
        self._port = 0
        timekeeper = parts.timekeeper
        tls = Contexts(parts.options.district_ca, timekeeper.judges_dates)
        self._district = District(parts.address, tls)
        self._receivers = receivers(parts, numbers, self._district, tls, self._supervisor)
        self._district.when_opened(self._receivers.district.opened)
        self._condition = condition(parts, self._receivers, self._district)
        self._enroller = Enroller(
            district=self._district,
            identity=parts.identity,
            timekeeper=timekeeper,
            link=self._condition.link,
            on_enrolled=self._on_enrolled,
        )
        self._heart = Heart(self._district, self._condition)
        self._page = Page(self._condition, self._enroller, parts, self._wake, self._hurry)

    async def run(self, stop: asyncio.Event) -> None:
        """In this order.

        1. listen
        2. run the loops, the page among them: a relay without a page keeps its promise
        3. on stop let waiting polls go, answer what is being answered, end.
        """
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            if self._parts.losses.is_lost:
                # Whoever asks at once is told so.
                self._condition.link.down(self._parts.timekeeper.moment(), KIT_REVOKED)
            await self._listen(runner)
            if self._parts.identity.enrolment is not None:
                await self._on_enrolled()
            with running(self._loops()):
                await stop.wait()
        finally:
            self._arrived.close()
            await runner.cleanup()
            await self._district.close()

    async def _listen(self, runner: web.AppRunner) -> None:
        options = self._parts.options
        await web.TCPSite(runner, options.listen_host, options.listen_port).start()
        host, port = runner.addresses[0][:2]
        self._port = port
        log.info("listening", host=host, port=port)

    def _loops(self) -> Mapping[str, Loop]:
        keeping = Housekeeping(self._condition, self._parts.found, self._wake)
        loops: dict[str, Loop] = {"housekeeping": after(self._enrolled, keeping.run)}
        if supervisor.is_here():
            loops["announcement"] = self._announce
        if self._parts.options.page_port is not None:
            loops["page"] = self._page.serve
        if not self._parts.address.url:
            log.warning("no_district", do="enter the district's address or the text of a QR code")
        heart, downlink = self._heart, self._downlink()
        for hurry in (heart.hurry, downlink.hurry):
            self._condition.link.when_up(hurry)
        for receiver in self._receivers.all:
            loops |= receiver.loops
        for name, loop in self._receivers.lines.items():
            loops[name] = after(self._enrolled, loop)
        return loops | {
            "enrolment": self._enrol,
            "heartbeat": after(self._enrolled, heart.run),
            "downlink": after(self._enrolled, downlink.run),
        }

    async def _announce(self) -> None:
        await self._supervisor.announce(self._port, self._parts.token)

    async def _enrol(self) -> None:
        code = self._parts.options.enrolment_code
        if not code or self._is_spent(Invitation(code=code)):
            return
        key = self._parts.options.district_key
        await self._enroller.run(Invitation(code=code, district_key=key))

    def _is_spent(self, invitation: Invitation) -> bool:
        """A kit that was lost may have another code; the one that it was enrolled with is used."""
        identity = self._parts.identity.identity
        enrolment = identity.enrolment
        is_used = enrolment is not None and enrolment.code_sha256 == invitation.sha256
        return identity.is_at_home or is_used

    async def _on_enrolled(self) -> None:
        """What was kept without a name, or under a lost one, is signed before anything is sent."""
        seal = self._parts.identity.identity.seal
        if seal is not None:
            await self._parts.outbox.adopt(seal, self._parts.identity.identity.lost)
            self._enrolled.set()
            self._hurry()
            # Under the name of a new kit the home has not spoken yet.
            self._heart.home_spoke()

    def _application(self) -> web.Application:
        intake = Intake(self._condition, self._wake, self._heart.home_spoke)
        desk = Desk(self._condition, self._arrived)
        return application(intake, desk, Metrics(self._condition), self._parts.token)

    def _wake(self, priority: Priority) -> None:
        for receiver in self._receivers.all:
            receiver.wake(priority)

    def _hurry(self) -> None:
        for receiver in self._receivers.all:
            receiver.hurry()

    def _downlink(self) -> Downlink:
        return Downlink(self._district, self._condition, self._arrived)


def condition(parts: Parts, receivers: Receivers, district: District) -> Condition:
    sessions = Sessions(
        district=district,
        identity=parts.identity,
        outbox=parts.outbox,
        timekeeper=parts.timekeeper,
        link=receivers.district.link,
        refill=Refill(parts.outbox, parts.identity, receivers.district),
        losses=parts.losses,
    )
    return Condition(
        identity=parts.identity,
        outbox=parts.outbox,
        district=receivers.district,
        others=receivers.others,
        home=Home(),
        beats=Beats(),
        refusals=Refusals(),
        sessions=sessions,
        timekeeper=parts.timekeeper,
    )
