"""The steps of a household's reconfiguration: consent, walk test, return of the kit."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import (
    CONF_CONSENT,
    CONF_HOUSEHOLD,
    CONF_ITEMS,
    CONF_RECORDED_BY,
    CONF_UNTOLD,
    CONSENT_REQUIRED,
    CONSENT_TEXT_VERSION,
)
from ..forms import CONSENT_FORM, RETURN_FORM, WITHDRAW_FORM, ticked
from .farewell import give_consent, return_kit, withdraw_consent
from .round import Round
from .running import RunningHousehold
from .screen import page, rows
from .wording import Words

if TYPE_CHECKING:
    from ..coordinator import AnshimConfigEntry

type Answers = dict[str, Any] | None

_SILENT = "silent"
HOUSEHOLD_STEPS = ("walk_test", "consent", "withdraw", "return_kit")


class HouseholdSteps(RunningHousehold):
    """Each of them is a choice of the menu "Reconfigure"."""

    def __init__(self) -> None:
        super().__init__()
        self._round: Round | None = None
        self._waiting: asyncio.Task[None] | None = None

    async def async_step_walk_test(self, user_input: Answers = None) -> ConfigFlowResult:
        """Shown as a page that ticks itself; every use that is seen is recorded at once."""
        going = self._round
        if going is None:
            going = self._round = Round(self.hass, self.running_household(), self._known())
            going.walk.start()
        if going.walk.current is None:
            return self.async_show_progress_done(next_step_id="walk_end")
        if self._waiting is None or self._waiting.done():
            self._waiting = self.hass.async_create_background_task(
                going.walk.news(), "walk test news"
            )
        return self.async_show_progress(
            step_id="walk_test",
            progress_action="walk_test",
            description_placeholders=page(going.walk, await Words.of(self.hass)),
            progress_task=self._waiting,
        )

    async def async_step_walk_end(self, user_input: Answers = None) -> ConfigFlowResult:
        """What was seen, and which of the others were really used. Then the district is told."""
        going = self._round
        if going is None:
            return await self.async_step_walk_test()
        if user_input is not None:
            report = going.end(silent=user_input.get(_SILENT, []))
            decision = await self.running_household().runtime_data.decide(report)
            return self.async_abort(reason="walk_refused" if decision.refused else "walk_done")
        words = await Words.of(self.hass)
        return self.async_show_form(
            step_id="walk_end",
            data_schema=_missed_form(going.missed),
            description_placeholders={"list": rows(going.walk, words)},
            last_step=True,
        )

    async def async_step_consent(self, user_input: Answers = None) -> ConfigFlowResult:
        """Other ticks, or a consent given again after it was withdrawn."""
        entry = self.running_household()
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONSENT_REQUIRED]:
                by = user_input[CONF_RECORDED_BY]
                await give_consent(self.hass, entry, ticked(user_input), by)
                return self.async_abort(reason="consent_given")
            errors[CONSENT_REQUIRED] = "withdraw_instead"
        agreed = entry.data[CONF_CONSENT][CONF_ITEMS]
        shown = user_input or dict.fromkeys(agreed, True)
        return self.async_show_form(
            step_id="consent",
            data_schema=self.add_suggested_values_to_schema(CONSENT_FORM, shown),
            errors=errors,
            description_placeholders={"version": CONSENT_TEXT_VERSION},
        )

    async def async_step_withdraw(self, user_input: Answers = None) -> ConfigFlowResult:
        """Nothing more is read; the household stays, to be taken up again or returned."""
        entry = self.running_household()
        if user_input is not None:
            await withdraw_consent(self.hass, entry, user_input[CONF_RECORDED_BY])
            return self.async_abort(reason="consent_withdrawn")
        return self.async_show_form(step_id="withdraw", data_schema=WITHDRAW_FORM)

    async def async_step_return_kit(self, user_input: Answers = None) -> ConfigFlowResult:
        """Withdraw, report, wipe. Whoever does it types which household it is."""
        entry = self.running_household()
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_HOUSEHOLD] == entry.data[CONF_HOUSEHOLD]:
                errors = await self._returned(entry, user_input)
                if not errors:
                    return self.async_abort(reason="kit_returned")
            else:
                errors[CONF_HOUSEHOLD] = "other_household"
        return self.async_show_form(
            step_id="return_kit",
            data_schema=self.add_suggested_values_to_schema(RETURN_FORM, user_input),
            errors=errors,
            description_placeholders={"household": entry.data[CONF_HOUSEHOLD]},
        )

    async def _returned(self, entry: AnshimConfigEntry, given: Mapping[str, Any]) -> dict[str, str]:
        try:
            await return_kit(self.hass, entry, given[CONF_RECORDED_BY], untold=given[CONF_UNTOLD])
        except HomeAssistantError as err:
            return {"base": err.translation_key or "return_untold"}
        return {}

    def _known(self) -> dict[str, Any]:
        tracker = self.running_household().runtime_data.outfit.tracker
        return {key: tracked.source for key, tracked in tracker.sources.items()}

    @callback
    @override
    def async_remove(self) -> None:
        if self._round is not None:
            self._round.walk.stop()


def _missed_form(missed: Mapping[str, str]) -> vol.Schema:
    if not missed:
        return vol.Schema({})
    options = [SelectOptionDict(value=key, label=title) for key, title in missed.items()]
    selector = SelectSelector(
        SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
    )
    return vol.Schema({vol.Optional(_SILENT, default=list): selector})
