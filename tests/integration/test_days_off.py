"""Holidays as Home Assistant's own library knows them, and homes where it is not there."""

from datetime import date
import sys

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.anshim_knock.days_off import holidays_of

# The year of the tests' clock does not matter: these have a fixed date.
CHRISTMAS, NATIONAL_FOUNDATION = (12, 25), (10, 3)


def this_year(month: int, day: int) -> int:

    return (date(dt_util.now().year, month, day) - date(1970, 1, 1)).days


async def test_the_holidays_of_the_homes_country_are_days_off(hass: HomeAssistant) -> None:
    hass.config.country = "KR"
    assert {this_year(*CHRISTMAS), this_year(*NATIONAL_FOUNDATION)} <= await holidays_of(hass)
    hass.config.country = "DE"
    assert this_year(*NATIONAL_FOUNDATION) in await holidays_of(hass)
    hass.config.country = "GB"
    assert this_year(*NATIONAL_FOUNDATION) not in await holidays_of(hass)


async def test_a_home_that_named_no_country_is_in_korea(hass: HomeAssistant) -> None:
    hass.config.country = None
    assert this_year(*NATIONAL_FOUNDATION) in await holidays_of(hass)


async def test_where_nobody_knows_the_holidays_weekends_alone_are_days_off(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config.country = "XX"
    assert await holidays_of(hass) == frozenset()
    hass.config.country = "KR"
    monkeypatch.setitem(sys.modules, "holidays", None)
    assert await holidays_of(hass) == frozenset()
