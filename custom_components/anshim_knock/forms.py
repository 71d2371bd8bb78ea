"""The forms of the config flow, and what their fields become in the entry."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import (
    CONF_CALL_BUDGET,
    CONF_CEILING_MARGIN,
    CONF_CONSENTED_AT,
    CONF_HOUSEHOLD,
    CONF_ITEMS,
    CONF_KNOCK_AFTER,
    CONF_LEARNED,
    CONF_LIMIT,
    CONF_LIMIT_MODE,
    CONF_QUIET_BUDGET,
    CONF_RECORDED_BY,
    CONF_RISK,
    CONF_RISK_ITEMS,
    CONF_TEXT_VERSION,
    CONF_UNTOLD,
    CONF_VISIT_AFTER,
    CONSENT_ITEMS,
    CONSENT_RECORDERS,
    CONSENT_TEXT_VERSION,
)
from .logic.rhythm import risk


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


class LimitMode(StrEnum):
    """How the silence is found after which the home is asked."""

    LEARNED = "learned"
    FIXED = "fixed"
    RISK = "risk"


_BUDGETS = {
    vol.Required(CONF_QUIET_BUDGET, default=30): _number(7, 180, "d"),
    vol.Required(CONF_CALL_BUDGET, default=180): _number(30, 730, "d"),
}
_RISKS = {
    vol.Optional(CONF_RISK_ITEMS, default=[]): SelectSelector(
        SelectSelectorConfig(
            options=[item.value for item in risk.Item],
            translation_key=CONF_RISK_ITEMS,
            multiple=True,
            mode=SelectSelectorMode.LIST,
        )
    )
}
_TIMES = {
    vol.Required(CONF_LIMIT_MODE, default=LimitMode.LEARNED.value): SelectSelector(
        SelectSelectorConfig(
            options=[mode.value for mode in LimitMode], translation_key=CONF_LIMIT_MODE
        )
    ),
    vol.Required(CONF_LIMIT, default=12): _number(1, 240, "h", 0.5),
    vol.Optional(CONF_LEARNED): section(vol.Schema(_BUDGETS), {"collapsed": True}),
    vol.Optional(CONF_RISK): section(vol.Schema(_RISKS), {"collapsed": True}),
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
    """What was chosen, as the entry keeps it.

    Of a risk score only the limit that follows from it: the rest is nobody's business here.
    """
    kept = {str(key): form[str(key)] for key in _TIMES if str(key) not in {CONF_LEARNED, CONF_RISK}}
    if kept[CONF_LIMIT_MODE] == LimitMode.RISK:
        items = [risk.Item(item) for item in form.get(CONF_RISK, {}).get(CONF_RISK_ITEMS, ())]
        kept[CONF_LIMIT] = risk.limit(items) / 3600
    budgets: dict[str, Any] = vol.Schema(_BUDGETS)(form.get(CONF_LEARNED, {}))
    return {**kept, **budgets}


def shown_times(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's times as the form shows them."""
    budgets = {str(key): entry[str(key)] for key in _BUDGETS if str(key) in entry}
    return {**entry, CONF_LEARNED: budgets}
