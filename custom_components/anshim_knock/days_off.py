"""Which days are holidays where the home is: Home Assistant's own Workday integration knows them.

Its library is there wherever that integration is used. It is no requirement of ours: a home that
cannot load it must watch all the same, and then weekends alone are days off.
"""

from datetime import date
from importlib import import_module
import logging

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

_LOGGER = logging.getLogger(__name__)
_EPOCH = date(1970, 1, 1)
_KOREA = "KR"


async def holidays_of(hass: HomeAssistant) -> frozenset[int]:
    """From last year's to those of the year after next, as days since 1970."""
    country, year = hass.config.country or _KOREA, dt_util.now().year
    return await hass.async_add_executor_job(_holidays, country, year)


def _holidays(country: str, year: int) -> frozenset[int]:
    try:
        library = import_module("holidays")
    except ImportError:
        _LOGGER.debug("Nothing here knows holidays; weekends alone are days off")
        return frozenset()
    if country not in library.list_supported_countries():
        _LOGGER.debug("No holidays are known for %s; weekends alone are days off", country)
        return frozenset()
    found: list[date] = [*library.country_holidays(country, years=range(year - 1, year + 3))]
    return frozenset((day - _EPOCH).days for day in found)
