"""Builds everybody who is told, from the options: the district always, a control centre perhaps.

Called by the relay. Taking a carrier out means taking its few lines out here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anshim_relay.carriers import Carrier
from anshim_relay.carriers.alternating import Way
from anshim_relay.carriers.dc09 import Dc09Carrier
from anshim_relay.carriers.home_broker import HomeBroker
from anshim_relay.carriers.https import HttpsCarrier
from anshim_relay.carriers.mqtt import MqttCarrier
from anshim_relay.carriers.mqtt_line import Broker, Brokers, MqttLine
from anshim_relay.carriers.routed import Routed
from anshim_relay.centre import Centre
from anshim_relay.destination import Destination
from anshim_relay.district import District
from anshim_relay.identity import Pinned
from anshim_relay.link import Link
from anshim_relay.loops import Loop
from anshim_relay.options import Options
from anshim_relay.outbox.keeping import DISTRICT
from anshim_relay.parts import Parts
from anshim_relay.supervisor import Supervisor
from anshim_relay.tls import Contexts

CENTRE = "centre"


@dataclass(frozen=True, kw_only=True)
class Receivers:
    """`lines` are what keeps connections up. The district is the first of all."""

    district: Destination
    others: Sequence[Destination]
    lines: Mapping[str, Loop]

    @property
    def all(self) -> list[Destination]:
        return [self.district, *self.others]


def names(options: Options) -> list[str]:
    return [DISTRICT] if options.centre is None else [DISTRICT, CENTRE]


def receivers(
    parts: Parts,
    numbers: Mapping[str, int],
    district: District,
    tls: Contexts,
    supervisor: Supervisor,
) -> Receivers:
    lines: dict[str, Loop] = {}
    ways = https_ways(parts, district)
    if (brokers := brokers_of(parts.options, tls, supervisor)) is not None:
        carrier, way = mqtt_way(parts, brokers)
        ways.append(way)
        lines["mqtt"] = carrier.run
    others: list[Destination] = []
    if parts.options.centre is not None:
        line, other = centre(parts, parts.options.centre, numbers)
        others.append(other)
        lines["dc09"] = line.run
    first = Destination(
        number=numbers[DISTRICT],
        link=Link(DISTRICT),
        ways=ways,
        outbox=parts.outbox,
        timekeeper=parts.timekeeper,
        on_lost=parts.losses.heard,
    )
    return Receivers(district=first, others=others, lines=lines)


def https_ways(parts: Parts, district: District) -> list[Way]:
    """Each address is a way of its own: one that is shut costs its time-out once."""

    def pinned() -> Pinned | None:
        enrolment = parts.identity.enrolment
        return None if enrolment is None else enrolment.pinned

    carriers = [
        HttpsCarrier(door, pinned, place=place)
        for place, door in enumerate(district.doors, start=1)
    ]
    return [Way(carrier=carrier, link=Link(carrier.name)) for carrier in carriers]


def brokers_of(options: Options, tls: Contexts, supervisor: Supervisor) -> Brokers | None:
    if options.mqtt_of_home:
        return HomeBroker(supervisor, tls)
    told = options.mqtt
    if told is None:
        return None
    return Broker(
        host=told.host,
        port=told.port,
        user=told.user,
        password=told.password,
        tls=None if told.is_plain else tls,
    )


def mqtt_way(parts: Parts, brokers: Brokers) -> tuple[MqttCarrier, Way]:
    link = Link("mqtt")
    line = MqttLine(brokers, link, parts.timekeeper)
    carrier = MqttCarrier(line, lambda: parts.identity.enrolment)
    return carrier, Way(carrier=carrier, link=link)


def centre(
    parts: Parts, options: Centre, numbers: Mapping[str, int]
) -> tuple[Dc09Carrier, Destination]:
    link = Link(CENTRE)
    carrier = Dc09Carrier(options, link, parts.timekeeper)

    def by_hours(inner: Carrier) -> Carrier:
        outbox, time = parts.outbox, parts.timekeeper
        return Routed(inner, options.duty, outbox, numbers[DISTRICT], time)

    destination = Destination(
        number=numbers[CENTRE],
        link=link,
        ways=[Way(carrier=carrier, link=link)],
        outbox=parts.outbox,
        timekeeper=parts.timekeeper,
        on_lost=parts.losses.heard,
        route=by_hours,
    )
    return carrier, destination
