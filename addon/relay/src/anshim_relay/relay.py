"""Puts the relay together and runs it until it is told to stop.

Called by the program; decides nothing itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from anshim_relay import log
from anshim_relay.bell import Bell
from anshim_relay.carriers import Carrier
from anshim_relay.carriers.alternating import Way
from anshim_relay.carriers.https import HttpsCarrier
from anshim_relay.carriers.mqtt import MqttCarrier
from anshim_relay.carriers.mqtt_line import Broker, MqttLine
from anshim_relay.condition import Condition
from anshim_relay.desk import Desk
from anshim_relay.destination import Destination
from anshim_relay.district import District
from anshim_relay.downlink import Downlink
from anshim_relay.enrolment import Enroller, Invitation
from anshim_relay.envelope import Priority
from anshim_relay.heartbeat import Heart
from anshim_relay.home import Home
from anshim_relay.housekeeping import Housekeeping
from anshim_relay.identity import IdentityFile, Pinned
from anshim_relay.intake import Intake
from anshim_relay.link import Link
from anshim_relay.local import application
from anshim_relay.loops import Loop, after, running
from anshim_relay.options import Options
from anshim_relay.outbox.opening import Found
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.refusals import Refusals
from anshim_relay.session import Sessions
from anshim_relay.timekeeper import Timekeeper
from anshim_relay.tls import Contexts

DISTRICT = "district"
SHUTDOWN_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What whoever starts the relay has made before."""

    options: Options
    token: str
    identity: IdentityFile
    outbox: Outbox
    found: Found
    timekeeper: Timekeeper


class Relay:
    """One place that knows everybody, so that nobody else has to."""

    def __init__(
        self, parts: Parts, numbers: Mapping[str, int], http: aiohttp.ClientSession
    ) -> None:
        self._parts = parts
        self._arrived = Bell()
        self._enrolled = asyncio.Event()
        timekeeper = parts.timekeeper
        tls = Contexts(parts.options.district_ca, timekeeper.wall_is_set_now)
        self._district = District(parts.options.district_url, http, tls)
        self._mqtt = self._mqtt_carrier(tls)
        self._condition = condition(
            parts, self._destination(DISTRICT, numbers, self._ways()), self._district
        )
        self._receivers = [self._condition.district]

    async def run(self, stop: asyncio.Event) -> None:
        """In this order.

        1. listen
        2. run the loops
        3. on stop let waiting polls go, answer what is being answered, end.
        """
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        try:
            await self._listen(runner)
            if self._parts.identity.enrolment is not None:
                await self._on_enrolled()
            with running(self._loops()):
                await stop.wait()
        finally:
            self._arrived.close()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner) -> None:
        options = self._parts.options
        await web.TCPSite(runner, options.listen_host, options.listen_port).start()
        host, port = runner.addresses[0][:2]
        log.info("listening", host=host, port=port)

    def _loops(self) -> Mapping[str, Loop]:
        keeping = Housekeeping(self._condition, self._parts.found, self._wake)
        loops: dict[str, Loop] = {"housekeeping": after(self._enrolled, keeping.run)}
        if not self._parts.options.district_url:
            log.warning("no_district", do="set the option district_url")
            return loops
        heart, downlink = Heart(self._district, self._condition), self._downlink()
        for hurry in (heart.hurry, downlink.hurry):
            self._condition.link.when_up(hurry)
        for receiver in self._receivers:
            loops |= receiver.loops
        if self._mqtt is not None:
            loops["mqtt"] = after(self._enrolled, self._mqtt.run)
        return loops | {
            "enrolment": self._enrol,
            "heartbeat": after(self._enrolled, heart.run),
            "downlink": after(self._enrolled, downlink.run),
        }

    async def _enrol(self) -> None:
        code = self._parts.options.enrolment_code
        if self._enrolled.is_set() or not code:
            return
        enroller = Enroller(
            district=self._district,
            identity=self._parts.identity,
            timekeeper=self._parts.timekeeper,
            link=self._condition.link,
            on_enrolled=self._on_enrolled,
        )
        await enroller.run(Invitation(code=code, district_key=self._parts.options.district_key))

    async def _on_enrolled(self) -> None:
        """What was kept without a name is signed before anything is sent."""
        seal = self._parts.identity.identity.seal
        if seal is not None:
            await self._parts.outbox.adopt(seal)
            self._enrolled.set()
            for receiver in self._receivers:
                receiver.hurry()

    def _application(self) -> web.Application:
        intake = Intake(self._condition, self._wake)
        desk = Desk(self._condition, self._arrived)
        return application(intake, desk, self._parts.token)

    def _wake(self, priority: Priority) -> None:
        for receiver in self._receivers:
            receiver.wake(priority)

    def _ways(self) -> list[Way]:
        """To the district. The first is preferred while it works."""
        https = HttpsCarrier(self._district, self._pinned)
        carriers: list[Carrier] = [https] if self._mqtt is None else [https, self._mqtt]
        return [Way(carrier=carrier, link=self._link_of(carrier)) for carrier in carriers]

    def _link_of(self, carrier: Carrier) -> Link:
        return self._mqtt.line.link if carrier is self._mqtt else Link(carrier.name)

    def _mqtt_carrier(self, tls: Contexts) -> MqttCarrier | None:
        options = self._parts.options.mqtt
        if options is None:
            return None
        broker = Broker(
            host=options.host,
            port=options.port,
            user=options.user,
            password=options.password,
            tls=None if options.is_plain else tls,
        )
        line = MqttLine(broker, Link("mqtt"), self._parts.timekeeper)
        return MqttCarrier(line, lambda: self._parts.identity.enrolment)

    def _destination(
        self, name: str, numbers: Mapping[str, int], ways: Sequence[Way]
    ) -> Destination:
        return Destination(
            number=numbers[name],
            link=Link(name),
            ways=ways,
            outbox=self._parts.outbox,
            timekeeper=self._parts.timekeeper,
        )

    def _downlink(self) -> Downlink:
        return Downlink(self._district, self._condition, self._arrived)

    def _pinned(self) -> Pinned | None:
        enrolment = self._parts.identity.enrolment
        return None if enrolment is None else enrolment.pinned


def condition(parts: Parts, destination: Destination, district: District) -> Condition:
    sessions = Sessions(
        district=district,
        identity=parts.identity,
        outbox=parts.outbox,
        timekeeper=parts.timekeeper,
        link=destination.link,
    )
    return Condition(
        identity=parts.identity,
        outbox=parts.outbox,
        district=destination,
        home=Home(),
        refusals=Refusals(),
        sessions=sessions,
        timekeeper=parts.timekeeper,
    )
