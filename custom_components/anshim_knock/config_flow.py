"""Sets a household up: consent before anything is read, then a relay that has proved itself."""

from collections.abc import Mapping
import re
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.service_info.hassio import HassioServiceInfo

from .adoption.backtest_steps import BacktestSteps
from .adoption.blueprint_steps import BlueprintSteps
from .adoption.household_steps import HOUSEHOLD_STEPS, HouseholdSteps
from .adoption.radio import has_zigbee, zha_flow
from .const import (
    CONF_CONSENT,
    CONF_HOUSEHOLD,
    CONSENT_REQUIRED,
    CONSENT_TEXT_VERSION,
    DOMAIN,
    HOUSEHOLD_PATTERN,
    SUBENTRY_CONTACT,
    SUBENTRY_SOURCE,
)
from .contact_flow import ContactSubentryFlow
from .forms import (
    CONSENT_FORM,
    HOUSEHOLD_FORM,
    RELAY_FORM,
    TIMES_FORM,
    TOKEN_FORM,
    consent_of,
    shown_times,
    times_of,
)
from .relay.client import RelayStatus
from .relay_proof import ProofError, proved
from .source_flow import SourceSubentryFlow

type Answers = dict[str, Any] | None


class AnshimKnockConfigFlow(HouseholdSteps, BacktestSteps, BlueprintSteps, domain=DOMAIN):
    """One household per entry. No entry without consent and a relay that answered."""

    VERSION = 1

    def __init__(self) -> None:
        super().__init__()
        self._consent: dict[str, Any] = {}
        self._relay: dict[str, str] = {}
        self._status: RelayStatus | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_SOURCE: SourceSubentryFlow, SUBENTRY_CONTACT: ContactSubentryFlow}

    @override
    async def async_step_user(self, user_input: Answers = None) -> ConfigFlowResult:
        """Consent."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONSENT_REQUIRED]:
                self._consent = consent_of(user_input)
                return await (
                    self.async_step_household() if self._status else self.async_step_relay()
                )
            errors[CONSENT_REQUIRED] = "consent_needed"
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(CONSENT_FORM, user_input),
            errors=errors,
            description_placeholders={"version": CONSENT_TEXT_VERSION},
        )

    async def async_step_relay(self, user_input: Answers = None) -> ConfigFlowResult:
        """Address and token, proved by a round trip."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._proves(user_input, errors):
            self._relay = user_input
            return await self.async_step_household()
        return self.async_show_form(
            step_id="relay",
            data_schema=self.add_suggested_values_to_schema(RELAY_FORM, user_input),
            errors=errors,
        )

    async def async_step_household(self, user_input: Answers = None) -> ConfigFlowResult:
        """The household's pseudonym and its times."""
        errors: dict[str, str] = {}
        if user_input is not None and self._names_household(user_input[CONF_HOUSEHOLD], errors):
            household = user_input[CONF_HOUSEHOLD]
            await self.async_set_unique_id(household)
            self._abort_if_unique_id_configured()
            return self.async_create_entry(
                title=household,
                data={
                    CONF_HOUSEHOLD: household,
                    CONF_CONSENT: self._consent,
                    **self._relay,
                    **times_of(user_input),
                },
            )
        return self.async_show_form(
            step_id="household",
            data_schema=self.add_suggested_values_to_schema(
                HOUSEHOLD_FORM, user_input or self._suggestion()
            ),
            errors=errors,
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on: to the radio where there is none, else to the first source."""
        if not has_zigbee(self.hass) and (radio := await zha_flow(self.hass)) is not None:
            result["next_flow"] = radio
            return result
        started = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_SOURCE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, started["flow_id"])
        return result

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """The relay has another token now."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: Answers = None) -> ConfigFlowResult:
        """A new token for the same relay."""
        errors: dict[str, str] = {}
        entry = self._get_reauth_entry()
        if user_input is not None:
            relay = {CONF_URL: entry.data[CONF_URL], **user_input}
            if await self._proves(relay, errors, entry.data[CONF_HOUSEHOLD]):
                return self.async_update_and_abort(entry, data_updates=relay)
        return self.async_show_form(step_id="reauth_confirm", data_schema=TOKEN_FORM, errors=errors)

    async def async_step_reconfigure(self, user_input: Answers = None) -> ConfigFlowResult:
        """Where the relay is, when somebody is asked, and all that is done with a household."""
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[
                "reconfigure_relay",
                "reconfigure_times",
                "backtest",
                "blueprints",
                *HOUSEHOLD_STEPS,
            ],
        )

    async def async_step_reconfigure_relay(self, user_input: Answers = None) -> ConfigFlowResult:
        """Another address or token."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None and await self._proves(
            user_input, errors, entry.data[CONF_HOUSEHOLD]
        ):
            return self.async_update_and_abort(entry, data_updates=user_input)
        shown = user_input or {CONF_URL: entry.data[CONF_URL]}
        return self.async_show_form(
            step_id="reconfigure_relay",
            data_schema=self.add_suggested_values_to_schema(RELAY_FORM, shown),
            errors=errors,
        )

    async def async_step_reconfigure_times(self, user_input: Answers = None) -> ConfigFlowResult:
        """Other times."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            return self.async_update_and_abort(entry, data_updates=times_of(user_input))
        return self.async_show_form(
            step_id="reconfigure_times",
            data_schema=self.add_suggested_values_to_schema(TIMES_FORM, shown_times(entry.data)),
        )

    @override
    async def async_step_hassio(self, discovery_info: HassioServiceInfo) -> ConfigFlowResult:
        """The relay app tells where it is.

        The entry keeps the household's own unique id: with the app's, removing the app would remove
        the entry.
        """
        config = discovery_info.config
        relay = {
            CONF_URL: f"http://{config[CONF_HOST]}:{config[CONF_PORT]}",
            CONF_TOKEN: config[CONF_TOKEN],
        }
        self._async_abort_entries_match(relay)
        errors: dict[str, str] = {}
        if not await self._proves(relay, errors):
            return self.async_abort(reason=errors["base"])
        household = self._status.household if self._status else None
        await self.async_set_unique_id(household or discovery_info.uuid)
        # The entry's own listener reloads it.
        self._abort_if_unique_id_configured(updates=relay, reload_on_update=False)
        self._relay = relay
        self.context["title_placeholders"] = {"name": discovery_info.name}
        return await self.async_step_user()

    async def _proves(
        self, relay: Mapping[str, str], errors: dict[str, str], household: str | None = None
    ) -> bool:
        try:
            self._status = await proved(
                self.hass, relay[CONF_URL], relay[CONF_TOKEN], household=household
            )
        except ProofError as err:
            errors["base"] = err.key
            return False
        return True

    def _names_household(self, household: str, errors: dict[str, str]) -> bool:
        served = self._status.household if self._status else None
        if not re.fullmatch(HOUSEHOLD_PATTERN, household):
            errors[CONF_HOUSEHOLD] = "invalid_household"
        elif served not in {None, household}:
            errors[CONF_HOUSEHOLD] = "foreign_household"
        return not errors

    def _suggestion(self) -> dict[str, Any]:
        served = self._status.household if self._status else None
        return {} if served is None else {CONF_HOUSEHOLD: served}
