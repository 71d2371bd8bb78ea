"""Everything together: one home with its broker, devices and relay, and the district it belongs to.

The demo and the journeys build it in the same order as a technician would.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from stage.broker import Broker, broker
from stage.clock import StageClock
from stage.devices import Bridge, Device, door_sensor, metering_plug
from stage.district import District, district
from stage.home_assistant import HomeAssistant, connect_broker, home_assistant, onboard
from stage.household import Household, SourceToBe, Times, add_source, set_up
from stage.ledger import Books
from stage.life import Life
from stage.processes import Program, free_port
from stage.relay import Relay, relay
from stage.staff import Staff
from stage.waiting import until
from stage.wire import Wire

INTEGRATION = Path(__file__).parents[3] / "custom_components" / "anshim_knock"
# What a device shows so soon after it came may be its radio's doing.
SETTLE = timedelta(seconds=32)
A_KETTLE_W = 1870
NOT_THERE = frozenset({None, "unknown", "unavailable"})


@dataclass(kw_only=True)
class Devices:
    """What the volunteer has paired."""

    front_door: Device
    fridge: Device
    kettle: Device
    microwave: Device

    @classmethod
    def new(cls) -> Devices:
        return cls(
            front_door=door_sensor("front_door", "0x00158d0009a1b2c3"),
            fridge=door_sensor("fridge_door", "0x00158d0009a1b2c4"),
            kettle=metering_plug("kettle", "0xa4c138d0e1f2a3b4"),
            microwave=metering_plug("microwave", "0xa4c138d0e1f2a3b5"),
        )

    def all(self) -> tuple[Device, ...]:
        return (self.front_door, self.fridge, self.kettle, self.microwave)


@dataclass(kw_only=True)
class Street:
    """All that stands on the stage."""

    folder: Path
    clock: StageClock
    books: Books
    broker: Broker
    devices: Devices
    bridge: Bridge
    life: Life
    home: HomeAssistant
    relay: Relay
    district: District
    home_line: Wire
    district_line: Wire
    staff: Staff
    household: Household

    def programs(self) -> tuple[Program, ...]:
        """In the order in which they are started again."""
        every = (self.broker, self.district, self.relay, self.home)
        return tuple(one.program for one in every)


@dataclass(kw_only=True)
class Builder:
    """Builds the street step by step; `ending` ends what has been started, last first."""

    folder: Path
    ending: ExitStack
    clock: StageClock
    books: Books
    tell: Callable[[str], None]
    language: str = "en"
    times: Times = field(default_factory=Times)
    # Paired as well, and left to be adopted.
    spare: tuple[Device, ...] = ()
    _settled: datetime = field(init=False)

    def build(self) -> Street:
        """Home Assistant, which takes longest; district, relay, devices; then the household."""
        home = self._launch_home()
        office, district_line = self._district()
        enrolment = office.enrol()
        keeper, home_line = self._relay(enrolment.uri, district_line)
        self.tell(f"relay: enrolled for the household {enrolment.household}")
        carrier, devices, bridge, life = self._devices()
        self._onboard(home, carrier, devices)
        household = self._household(
            home,
            household=enrolment.household,
            keeper=keeper,
            line=home_line,
            devices=devices,
            bridge=bridge,
        )
        return Street(
            folder=self.folder,
            clock=self.clock,
            books=self.books,
            broker=carrier,
            devices=devices,
            bridge=bridge,
            life=life,
            home=home,
            relay=keeper,
            district=office,
            home_line=home_line,
            district_line=district_line,
            staff=Staff(office),
            household=household,
        )

    def _run(self, start: Callable[[], None], stop: Callable[[], object]) -> None:
        self.ending.callback(stop)
        start()

    def _district(self) -> tuple[District, Wire]:
        port = free_port()
        line = Wire(port, self.books.hear_relay)
        self.ending.callback(line.close)
        office = district(
            self.folder / "district",
            port=port,
            public_url=line.url,
            clock=self.clock,
            log=self.folder / "logs" / "district.log",
        )
        self._run(office.program.start, office.program.stop)
        self.tell(f"district: answers at {office.url}")
        return office, line

    def _relay(self, enrolment: str, district_line: Wire) -> tuple[Relay, Wire]:
        keeper = relay(
            self.folder / "relay",
            enrolment=enrolment,
            district_url=district_line.url,
            clock=self.clock,
            log=self.folder / "logs" / "relay.log",
        )
        self._run(keeper.program.start, keeper.program.stop)
        until(keeper.connected, "the relay to be enrolled with its district")
        line = Wire(keeper.port, self.books.hear_home)
        self.ending.callback(line.close)
        return keeper, line

    def _devices(self) -> tuple[Broker, Devices, Bridge, Life]:
        carrier = broker(self.folder / "broker")
        self._run(carrier.program.start, carrier.program.stop)
        devices = Devices.new()
        bridge = Bridge(carrier.port, (*devices.all(), *self.spare))
        self.ending.callback(bridge.close)
        life = Life(self.clock, bridge)
        self.ending.callback(life.end)
        self.tell("home: broker and four Zigbee2MQTT-shaped devices are there")
        return carrier, devices, bridge, life

    def _launch_home(self) -> HomeAssistant:
        home = home_assistant(
            self.folder / "home-assistant",
            integration=INTEGRATION,
            clock=self.clock,
            log=self.folder / "logs" / "home-assistant.log",
            language=self.language,
        )
        self._run(home.program.launch, home.program.stop)
        return home

    def _onboard(self, home: HomeAssistant, carrier: Broker, devices: Devices) -> None:
        onboard(home, language=self.language)
        connect_broker(home, carrier)
        client = home.client()
        shown = [device.entity_id(device.readings[0].key) for device in devices.all()]
        until(
            lambda: all(client.state(entity) not in NOT_THERE for entity in shown),
            "the devices to appear in Home Assistant",
        )
        self._settled = self.clock.now() + SETTLE
        self.tell(f"home: Home Assistant answers at {home.url}; its devices have appeared")

    def _household(
        self,
        home: HomeAssistant,
        *,
        household: str,
        keeper: Relay,
        line: Wire,
        devices: Devices,
        bridge: Bridge,
    ) -> Household:
        client = home.client()
        entry = set_up(
            client, household=household, relay_url=line.url, token=keeper.token, times=self.times
        )
        # What has just been paired is not believed before it has rested.
        until(lambda: self.clock.now() >= self._settled, "the devices to settle")
        things = self._things(devices, bridge)
        for thing in things:
            add_source(client, entry, thing)
        found = Household.found_in(client, household, sources=len(things))
        self.tell("home: the household is set up, consent is recorded, four sources are proved")
        return found

    def _things(self, devices: Devices, bridge: Bridge) -> tuple[SourceToBe, ...]:
        """What the technician adopts, and uses once for it."""

        def door(name: str, role: str, device: Device) -> SourceToBe:
            def use() -> None:
                for is_closed in (False, True):
                    bridge.report(device, contact=is_closed)

            entity_id = device.entity_id("contact")
            return SourceToBe(role=role, entity_id=entity_id, name=name, use=use)

        def plug(name: str, device: Device) -> SourceToBe:
            def use() -> None:
                for watts in (A_KETTLE_W, 0):
                    bridge.report(device, power=watts)

            entity_id = device.entity_id("power")
            return SourceToBe(role="plug", entity_id=entity_id, name=name, use=use)

        return (
            door("Front door", "outer_door", devices.front_door),
            door("Fridge", "door", devices.fridge),
            plug("Kettle", devices.kettle),
            plug("Microwave", devices.microwave),
        )
