"""Adds a source to a household and changes it: chosen, proved, and only then it counts."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import voluptuous as vol

from .adoption.choose_steps import PRESS, ChooseSteps
from .adoption.draft import Draft, kept_as
from .adoption.proof import PROOF
from .adoption.stations import Station
from .adoption.walk_steps import Answers
from .const import (
    CONF_ENTITY,
    CONF_OVERRULED,
    CONF_PHONE_CHECKED,
    CONF_PRESS,
    CONF_ROLE,
    PRESS_OK,
)
from .logic.source import HAUNTED
from .logic.words import Role

_OVERRULE_FORM = vol.Schema({vol.Required(CONF_OVERRULED, default=False): BooleanSelector()})


class SourceSubentryFlow(ChooseSteps):
    """One source. A renamed entity stays the source: its registry id is kept, not its name."""

    async def async_step_reconfigure(self, user_input: Answers = None) -> SubentryFlowResult:
        """Prove it again, another sensor at the same place, or another name."""
        data = self._get_reconfigure_subentry().data
        role = Role(data[CONF_ROLE])
        options = ["prove", "rename", "swap"]
        if role in HAUNTED:
            options.append("overrule")
        self._draft = Draft(
            chosen=role,
            role=role,
            entity_id=self._present_entity or "",
            name=self._get_reconfigure_subentry().title,
            press=data.get(CONF_PRESS),
            phone_checked=data.get(CONF_PHONE_CHECKED),
            overruled=bool(data.get(CONF_OVERRULED)),
        )
        if not self._draft.entity_id:
            options.remove("prove")
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    async def async_step_prove(self, user_input: Answers = None) -> SubentryFlowResult:
        """The walk test of this one source."""
        return await self.async_step_walk()

    async def async_step_swap(self, user_input: Answers = None) -> SubentryFlowResult:
        """Another sensor: it is untested until it is proved, and the old one counts until then."""
        self._draft.overruled = False
        return await self.async_step_entity()

    async def async_step_rename(self, user_input: Answers = None) -> SubentryFlowResult:
        """Another name, another meaning of a press. The proof stays."""
        subentry = self._get_reconfigure_subentry()
        fields: dict[vol.Marker, Any] = {vol.Required(CONF_NAME): TextSelector()}
        if self._draft.role is Role.BUTTON:
            fields[vol.Required(CONF_PRESS, default=PRESS_OK)] = PRESS
        if user_input is not None:
            press = {k: v for k, v in user_input.items() if k == CONF_PRESS}
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=user_input[CONF_NAME], data_updates=press
            )
        shown = {CONF_NAME: subentry.title, CONF_PRESS: self._draft.press}
        return self.async_show_form(
            step_id="rename",
            data_schema=self.add_suggested_values_to_schema(vol.Schema(fields), shown),
        )

    async def async_step_overrule(self, user_input: Answers = None) -> SubentryFlowResult:
        """The technician has seen that a person is behind what looks like a timer."""
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            return self.async_update_and_abort(self._get_entry(), subentry, data_updates=user_input)
        shown = {CONF_OVERRULED: self._draft.overruled}
        return self.async_show_form(
            step_id="overrule",
            data_schema=self.add_suggested_values_to_schema(_OVERRULE_FORM, shown),
            description_placeholders={"name": subentry.title},
        )

    @override
    def _keep(self, proved: Station | None) -> SubentryFlowResult:
        draft = self._draft
        data, unique_id = draft.data(self.hass, proved), kept_as(self.hass, draft.entity_id)
        if self.source == SOURCE_USER:
            return self.async_create_entry(
                title=draft.title(self.hass), data=data, unique_id=unique_id
            )
        subentry = self._get_reconfigure_subentry()
        if subentry.data[CONF_ENTITY] == data[CONF_ENTITY]:
            # What was proved before stays proved, should it not be proved again today.
            data = {k: subentry.data[k] for k in PROOF if k in subentry.data} | data
        # The entry's own listener sees to it.
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=draft.title(self.hass),
            data=data,
            unique_id=unique_id,
        )

    @property
    def _present_entity(self) -> str | None:
        entity = str(self._get_reconfigure_subentry().data[CONF_ENTITY])
        return er.async_resolve_entity_id(er.async_get(self.hass), entity)
