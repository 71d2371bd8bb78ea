"""The forms of the config flow, and what their fields become in the entry."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import (
    CONF_CEILING_MARGIN,
    CONF_CONSENTED_AT,
    CONF_HOUSEHOLD,
    CONF_ITEMS,
    CONF_KNOCK_AFTER,
    CONF_LIMIT,
    CONF_RECORDED_BY,
    CONF_TEXT_VERSION,
    CONF_UNTOLD,
    CONF_VISIT_AFTER,
    CONSENT_ITEMS,
    CONSENT_RECORDERS,
    CONSENT_TEXT_VERSION,
)


def _number(low: float, high: float, unit: str, step: float = 1) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=low, max=high, step=step, unit_of_measurement=unit, mode=NumberSelectorMode.BOX
        )
    )


_TOKEN = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
RECORDED_BY = SelectSelector(
    SelectSelectorConfig(options=list(CONSENT_RECORDERS), translation_key="recorded_by")
)
# Each its own tick, none ticked beforehand: that is what makes it a consent.
CONSENT_FORM = vol.Schema(
    {
        **{vol.Required(item, default=False): BooleanSelector() for item in CONSENT_ITEMS},
        vol.Required(CONF_RECORDED_BY): RECORDED_BY,
    }
)
WITHDRAW_FORM = vol.Schema({vol.Required(CONF_RECORDED_BY): RECORDED_BY})
# The household is typed once more: a kit is not wiped by a slip of the finger.
RETURN_FORM = vol.Schema(
    {
        vol.Required(CONF_HOUSEHOLD): TextSelector(),
        vol.Required(CONF_RECORDED_BY): RECORDED_BY,
        vol.Required(CONF_UNTOLD, default=False): BooleanSelector(),
    }
)
RELAY_FORM = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
        ),
        vol.Required(CONF_TOKEN): _TOKEN,
    }
)
TOKEN_FORM = vol.Schema({vol.Required(CONF_TOKEN): _TOKEN})
_TIMES = {
    vol.Required(CONF_LIMIT, default=12): _number(1, 240, "h", 0.5),
    vol.Required(CONF_CEILING_MARGIN, default=12): _number(0, 12, "h", 0.5),
    vol.Required(CONF_KNOCK_AFTER, default=15): _number(1, 720, "min"),
    vol.Required(CONF_VISIT_AFTER, default=30): _number(1, 720, "min"),
}
TIMES_FORM = vol.Schema(_TIMES)
HOUSEHOLD_FORM = vol.Schema({vol.Required(CONF_HOUSEHOLD): TextSelector(), **_TIMES})


def consent_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """What was ticked, in which text, recorded by whom and when."""
    return consent_data(ticked(form), form[CONF_RECORDED_BY])


def ticked(form: Mapping[str, Any]) -> list[str]:
    """The items that were agreed to."""
    return [item for item in CONSENT_ITEMS if form[item]]


def consent_data(items: Sequence[str], recorded_by: str) -> dict[str, Any]:
    """A consent as the entry keeps it. Without items it is one that was withdrawn."""
    return {
        CONF_TEXT_VERSION: CONSENT_TEXT_VERSION,
        CONF_ITEMS: list(items),
        CONF_RECORDED_BY: recorded_by,
        CONF_CONSENTED_AT: dt_util.utcnow().isoformat(),
    }


def times_of(form: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): form[str(key)] for key in _TIMES}
