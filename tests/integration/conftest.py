"""What every test starts from: a Home Assistant, a relay on loopback, a clock."""

from collections.abc import AsyncIterator
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Before Home Assistant's test plugin puts a store in place that keeps nothing.
import custom_components.anshim_knock  # noqa: F401 -- see above
from tests.integration.fake_relay import FakeRelay
from tests.integration.flows import household_entry
from tests.integration.house import (
    DOOR,
    HOUSEHOLD,
    KETTLE,
    OUTER_DOOR,
    START,
    TOKEN,
    House,
)
from tests.integration.technician import Technician


@pytest.fixture
def hass_config_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The state file is real."""
    return str(tmp_path_factory.mktemp("config"))


@pytest.fixture(autouse=True)
def boot_clock(monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory) -> None:
    """The frozen clock knows nothing of the clock since boot: let it go with the monotonic one."""
    real = time.clock_gettime
    monkeypatch.setattr(
        time,
        "clock_gettime",
        lambda which: time.monotonic() if which == time.CLOCK_BOOTTIME else real(which),
    )
    freezer.move_to(START)


@pytest.fixture
async def relay(socket_enabled: None) -> AsyncIterator[FakeRelay]:
    """Runs, and knows the household."""
    running = await FakeRelay(HOUSEHOLD, TOKEN).start()
    yield running
    await running.stop()


@pytest.fixture
def house(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    relay: FakeRelay,
    enable_custom_integrations: None,
) -> House:
    """Nothing is set up yet."""
    # Tracing where each callback came from costs more than everything else here.
    hass.loop.set_debug(False)
    return House(hass, freezer, relay)


@pytest.fixture
async def home(house: House) -> House:
    """Set up with a fridge door, a front door and a kettle, each of them used once."""
    hass = house.hass
    await house.show(DOOR, "off", device_class="door", friendly_name="Fridge")
    await house.show(OUTER_DOOR, "off", device_class="door", friendly_name="Front door")
    await house.show(KETTLE, "0.4", device_class="power", friendly_name="Kettle")
    entry = household_entry(house.relay, door=DOOR, outer_door=OUTER_DOOR, plug=KETTLE)
    await hass.config_entries.async_add(entry)
    house.entry_id = entry.entry_id
    house.reporting = {DOOR, OUTER_DOOR, KETTLE}
    await house.wait(minutes=1)
    await house.show(KETTLE, "0.5")
    await house.use_door()
    await house.boil_water()
    await house.use_door(OUTER_DOOR)
    return house


@pytest.fixture
def hub(home: House) -> MockConfigEntry:
    """Brings lamps and switches in, and groups of them."""
    hub = MockConfigEntry(domain="zha", title="Zigbee")
    hub.add_to_hass(home.hass)
    return hub


@pytest.fixture
async def technician(home: House) -> AsyncIterator[Technician]:
    """Whatever page is still open is closed in the end."""
    technician = Technician(home)
    yield technician
    technician.closes_the_page()
