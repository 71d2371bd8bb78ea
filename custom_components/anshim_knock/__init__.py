"""Anshim Knock: someone who lives alone and falls silent is asked, called and visited in time."""

from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_TOKEN, CONF_URL, EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .adoption.last_words import say_last_words
from .adoption.proof import shape_of
from .clocks import clocks_of_this_boot
from .const import DOMAIN
from .contacts.book import Book
from .contacts.setup import offer_contacts
from .coordinator import AnshimConfigEntry, HouseholdCoordinator, Outfit
from .entity import household_device
from .household_home import HouseholdHome
from .issues import REMOVED_UNTOLD, Issues
from .journal import Journal
from .journal_files import JournalFiles, journal_path
from .keeper import Keeper
from .past import PastReader
from .performer import Performer
from .raised import Raised, raised_before
from .relay.client import RelayClient
from .relay.link import RelayLink
from .resident.commands import async_setup_commands
from .resident.panel import offer_page, withdraw_page
from .restore import Found, first_input, has_consent, restored, settings_of
from .reunion import Reunion
from .rhythm import RhythmKeeper
from .services import async_setup_services
from .sources.memory import SourceMemory
from .sources.tracker import SourceTracker
from .store import StateFile, state_path

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions."""
    async_setup_services(hass)
    async_setup_commands(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AnshimConfigEntry) -> bool:
    """Set up one household.

    1. Restore it. 2. Bring it up to now and look at the sources. 3. Show it. 4. Only then talk to
    the relay.
    """
    # First of all: a source that is added while we set up waits for its turn and is not missed.
    entry.async_on_unload(entry.add_update_listener(partial(_changed, shape_of(entry))))
    issues = Issues(hass, entry.entry_id, entry.title)
    clocks = await hass.async_add_executor_job(clocks_of_this_boot)
    file = StateFile(state_path(hass, entry.entry_id))
    found = await hass.async_add_executor_job(restored, entry, file, clocks.read())
    memory = SourceMemory(hass, entry.entry_id)
    await memory.load()
    journal = Journal(hass, JournalFiles(journal_path(hass, entry.entry_id)))
    rhythm = RhythmKeeper(hass, entry, dt_util.get_default_time_zone())
    if not has_consent(entry):
        await _forget(memory, journal, rhythm)
    tracker = SourceTracker(hass, entry, clocks, memory, journal)
    keeper = Keeper(hass, file, found.kept.heard)
    outfit = Outfit(
        clocks=clocks,
        keeper=keeper,
        tracker=tracker,
        journal=journal,
        rhythm=rhythm,
        past=PastReader(hass, entry, tracker, journal, rhythm),
        performer=Performer(hass, entry.entry_id, memory.lost()),
        link=RelayLink(hass, entry, _client(hass, entry)),
        issues=issues,
        settings=settings_of(entry),
        reunion=Reunion(hass, entry, file, keeper, found),
        raised=await raised_before(hass, entry.entry_id),
    )
    coordinator = await _started(hass, entry, outfit, found)
    contacts = await offer_contacts(hass, coordinator)
    entry.async_on_unload(contacts.stop)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    outfit.link.start(HouseholdHome(coordinator, reborn=found.reborn))
    # On its own: a page that cannot be shown must not end the watch.
    entry.async_create_task(hass, offer_page(hass), f"{DOMAIN} page")
    entry.async_on_unload(
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, partial(_stop, coordinator))
    )
    contacts.start()
    entry.async_on_unload(coordinator.async_add_listener(partial(_look, coordinator)))
    # Last: what waited to be said finds entities and automations there.
    coordinator.speak()
    return True


async def _started(
    hass: HomeAssistant, entry: AnshimConfigEntry, outfit: Outfit, found: Found
) -> HouseholdCoordinator:
    """The household, brought up to now. Nobody hears of it yet."""
    coordinator = HouseholdCoordinator(hass, entry, outfit, found.kept)
    entry.runtime_data = coordinator
    # Also when what follows fails: two ladders must never run side by side.
    entry.async_on_unload(coordinator.stop)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, **household_device(entry)
    )
    await coordinator.start(first_input(entry, found), lost=found.lost)
    return coordinator


async def _forget(memory: SourceMemory, journal: Journal, rhythm: RhythmKeeper) -> None:
    """Consent was withdrawn: what was learnt of the resident's days goes."""
    await memory.remove()
    await journal.wipe()
    await rhythm.remove()


async def async_unload_entry(hass: HomeAssistant, entry: AnshimConfigEntry) -> bool:
    """The coordinator stops and keeps everything when the entry has been unloaded."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: AnshimConfigEntry) -> None:
    """The household has gone: nothing of it stays, once it has said its last words."""
    told = await say_last_words(hass, entry, _client(hass, entry))
    file = StateFile(state_path(hass, entry.entry_id))
    await hass.async_add_executor_job(file.remove)
    await SourceMemory(hass, entry.entry_id).remove()
    await Book(hass, entry.entry_id).remove()
    await Raised(hass, entry.entry_id).remove()
    await Journal(hass, JournalFiles(journal_path(hass, entry.entry_id))).wipe()
    await RhythmKeeper(hass, entry, dt_util.get_default_time_zone()).remove()
    issues = Issues(hass, entry.entry_id, entry.title)
    issues.clear()
    if not told:
        issues.tell(REMOVED_UNTOLD, raised=True)
    withdraw_page(hass, entry)


def _client(hass: HomeAssistant, entry: AnshimConfigEntry) -> RelayClient:
    return RelayClient(async_get_clientsession(hass), entry.data[CONF_URL], entry.data[CONF_TOKEN])


@callback
def _look(coordinator: HouseholdCoordinator) -> None:
    coordinator.outfit.raised.look(coordinator.data.stage)


async def _stop(coordinator: HouseholdCoordinator, _event: Event) -> None:
    await coordinator.stop()


async def _changed(shape: tuple[Any, ...], hass: HomeAssistant, entry: AnshimConfigEntry) -> None:
    """Another relay, other times, another source: built anew. A proof is taken as it is."""
    if entry.state is ConfigEntryState.LOADED and shape_of(entry) == shape:
        entry.runtime_data.proofs_changed()
    else:
        await hass.config_entries.async_reload(entry.entry_id)
