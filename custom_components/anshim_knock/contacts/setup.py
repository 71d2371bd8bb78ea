"""Puts the caller beside a household when it is set up."""

from homeassistant.core import HomeAssistant

from ..coordinator import HouseholdCoordinator
from .book import Book
from .caller import ContactCaller
from .wording import Wording


async def offer_contacts(hass: HomeAssistant, coordinator: HouseholdCoordinator) -> ContactCaller:
    """Reads what was told before a restart."""
    book = Book(hass, coordinator.config_entry.entry_id)
    await book.load()
    wording = await hass.async_add_executor_job(Wording)
    caller = ContactCaller(hass, coordinator, book, wording)
    coordinator.contacts = caller
    return caller
