"""Adds a source to a household: its role, then the entity that shows it."""

from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig, TextSelector
import voluptuous as vol

from .adoption.kinds import fits, selector_for
from .const import CONF_ENTITY, CONF_PRESS, CONF_ROLE, PRESS_HELP, PRESS_OK
from .logic.words import Role

type Answers = dict[str, Any] | None

_ROLE_FORM = vol.Schema(
    {
        vol.Required(CONF_ROLE): SelectSelector(
            SelectSelectorConfig(options=[role.value for role in Role], translation_key="role")
        )
    }
)
_PRESS = SelectSelector(
    SelectSelectorConfig(options=[PRESS_OK, PRESS_HELP], translation_key="press")
)


class SourceSubentryFlow(ConfigSubentryFlow):
    """One source. A renamed entity stays the source: its registry id is kept, not its name."""

    def __init__(self) -> None:
        self._role = Role.DOOR

    async def async_step_user(self, user_input: Answers = None) -> SubentryFlowResult:
        """What it is."""
        if user_input is not None:
            self._role = Role(user_input[CONF_ROLE])
            return await self.async_step_entity()
        return self.async_show_form(step_id="user", data_schema=_ROLE_FORM)

    async def async_step_entity(self, user_input: Answers = None) -> SubentryFlowResult:
        """Which entity shows it."""
        errors: dict[str, str] = {}
        if user_input is not None and self._suits(user_input, errors):
            return self.async_create_entry(
                title=self._title(user_input),
                data=self._data(user_input),
                unique_id=self._unique_id(user_input),
            )
        return self._form("entity", user_input, errors)

    async def async_step_reconfigure(self, user_input: Answers = None) -> SubentryFlowResult:
        """Another sensor at the same place, or another name."""
        subentry = self._get_reconfigure_subentry()
        self._role = Role(subentry.data[CONF_ROLE])
        errors: dict[str, str] = {}
        if user_input is not None and self._suits(user_input, errors):
            # The entry's own listener reloads it.
            return self.async_update_and_abort(
                self._get_entry(),
                subentry,
                title=self._title(user_input),
                data=self._data(user_input),
                unique_id=self._unique_id(user_input),
            )
        entity_id = er.async_resolve_entity_id(er.async_get(self.hass), subentry.data[CONF_ENTITY])
        shown = {CONF_NAME: subentry.title, CONF_PRESS: subentry.data.get(CONF_PRESS)}
        if entity_id is not None:
            shown[CONF_ENTITY] = entity_id
        return self._form("reconfigure", user_input or shown, errors)

    def _form(self, step: str, shown: Answers, errors: dict[str, str]) -> SubentryFlowResult:
        fields: dict[vol.Marker, Any] = {
            vol.Required(CONF_ENTITY): selector_for(self.hass, self._role),
            vol.Optional(CONF_NAME): TextSelector(),
        }
        if self._role is Role.BUTTON:
            fields[vol.Required(CONF_PRESS, default=PRESS_OK)] = _PRESS
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), shown),
            errors=errors,
        )

    def _suits(self, answers: dict[str, Any], errors: dict[str, str]) -> bool:
        entity = self._kept_as(answers[CONF_ENTITY])
        if not fits(self.hass, self._role, answers[CONF_ENTITY]):
            errors[CONF_ENTITY] = "not_suitable"
        elif any(
            other.unique_id == entity and other.subentry_id != self._own_id
            for other in self._get_entry().subentries.values()
        ):
            errors[CONF_ENTITY] = "already_a_source"
        return not errors

    @property
    def _own_id(self) -> str | None:
        return self.context.get("subentry_id")

    def _data(self, answers: dict[str, Any]) -> dict[str, Any]:
        data = {CONF_ROLE: self._role.value, CONF_ENTITY: self._kept_as(answers[CONF_ENTITY])}
        if self._role is Role.BUTTON:
            data[CONF_PRESS] = answers[CONF_PRESS]
        return data

    def _unique_id(self, answers: dict[str, Any]) -> str:
        return self._kept_as(answers[CONF_ENTITY])

    def _kept_as(self, entity_id: str) -> str:
        """The registry id, or the name of an entity that has none."""
        entry = er.async_get(self.hass).async_get(entity_id)
        return entity_id if entry is None else entry.id

    def _title(self, answers: dict[str, Any]) -> str:
        if name := str(answers.get(CONF_NAME) or "").strip():
            return name
        state = self.hass.states.get(answers[CONF_ENTITY])
        return answers[CONF_ENTITY] if state is None else state.name
