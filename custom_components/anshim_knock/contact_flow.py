"""Adds one of the resident's people to a household, and changes them."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TimeSelector,
)
import voluptuous as vol

from .const import (
    CONF_CONSENT,
    CONF_FROM,
    CONF_ITEMS,
    CONF_KIND,
    CONF_LANGUAGE,
    CONF_NOTIFY,
    CONF_ORDER,
    CONF_PHONE,
    CONF_TO,
    CONF_WHO,
    CONSENT_CONTACTS,
)
from .contacts.people import Kind
from .contacts.wording import LANGUAGES

type Answers = dict[str, Any] | None

CONTACT_FORM = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(),
        vol.Required(CONF_KIND, default=Kind.GUARDIAN.value): SelectSelector(
            SelectSelectorConfig(options=[kind.value for kind in Kind], translation_key="contact")
        ),
        vol.Required(CONF_ORDER, default=1): NumberSelector(
            NumberSelectorConfig(min=1, max=9, step=1, mode=NumberSelectorMode.BOX)
        ),
        vol.Optional(CONF_PHONE): DeviceSelector(
            DeviceSelectorConfig(filter=[DeviceFilterSelectorConfig(integration="mobile_app")])
        ),
        vol.Optional(CONF_NOTIFY, default=[]): EntitySelector(
            EntitySelectorConfig(
                filter=[EntityWithDeviceFilterSelectorConfig(domain="notify")], multiple=True
            )
        ),
        vol.Optional(CONF_FROM): TimeSelector(),
        vol.Optional(CONF_TO): TimeSelector(),
        vol.Required(CONF_LANGUAGE, default="ko"): SelectSelector(
            SelectSelectorConfig(options=list(LANGUAGES), translation_key="language")
        ),
        vol.Required(CONF_WHO): TextSelector(),
    }
)


class ContactSubentryFlow(ConfigSubentryFlow):
    """One contact."""

    async def async_step_user(self, user_input: Answers = None) -> SubentryFlowResult:
        """A new one. Only where the resident agreed that others than the district are told."""
        if CONSENT_CONTACTS not in self._get_entry().data[CONF_CONSENT][CONF_ITEMS]:
            return self.async_abort(reason="no_consent_for_contacts")
        return self._form("user", user_input, {})

    async def async_step_reconfigure(self, user_input: Answers = None) -> SubentryFlowResult:
        """Another number, another hour, another order."""
        return self._form("reconfigure", user_input, dict(self._get_reconfigure_subentry().data))

    def _form(self, step: str, user_input: Answers, shown: dict[str, Any]) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = _wrong(user_input)
            if not errors:
                return self._keep(user_input)
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(CONTACT_FORM, user_input or shown),
            errors=errors,
        )

    def _keep(self, data: dict[str, Any]) -> SubentryFlowResult:
        # The entry's own listener sees to it.
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=data[CONF_NAME], data=data)
        return self.async_update_and_abort(
            self._get_entry(), self._get_reconfigure_subentry(), title=data[CONF_NAME], data=data
        )


def _wrong(data: dict[str, Any]) -> dict[str, str]:
    if not data.get(CONF_PHONE) and not data.get(CONF_NOTIFY):
        return {"base": "no_way"}
    if (CONF_FROM in data) is not (CONF_TO in data):
        return {CONF_TO if CONF_FROM in data else CONF_FROM: "half_hours"}
    return {}
