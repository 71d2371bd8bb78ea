"""The steps of the source flow that choose: what the home has, or anything by hand."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.config_entries import ConfigSubentry, SubentryFlowResult
from homeassistant.const import CONF_NAME, Platform
from homeassistant.core import split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..const import CONF_ENTITY, CONF_PRESS, CONF_ROLE, PRESS_HELP, PRESS_OK, SUBENTRY_SOURCE
from ..logic.words import Role
from ..sources.flips import SWITCHED
from .candidates import candidate_of, found
from .draft import Draft, kept_as
from .kinds import fits, role_of, roles_of, selector_for
from .phone_steps import PhoneSteps
from .radio import ADD_ZIGBEE, has_zigbee
from .walk_steps import Answers
from .wording import Words

PRESS = SelectSelector(
    SelectSelectorConfig(options=[PRESS_OK, PRESS_HELP], translation_key="press")
)


class ChooseSteps(PhoneSteps):
    """`user` → `found`, or `phone`, or `by_hand` and `entity` → `about` → the walk test."""

    async def async_step_user(self, user_input: Answers = None) -> SubentryFlowResult:
        """Where to look for it."""
        self._draft, self._phone = Draft(), ""
        self._forget_walk()
        options = ["found", "phone", "by_hand"]
        if not has_zigbee(self.hass):
            options.append("zigbee")
        return self.async_show_menu(step_id="user", menu_options=options)

    async def async_step_found(self, user_input: Answers = None) -> SubentryFlowResult:
        """What the home has, the fittest first."""
        if user_input is not None:
            self._draft.entity_id = user_input[CONF_ENTITY]
            return await self.async_step_about()
        words = await Words.of(self.hass)
        candidates = found(
            self.hass, taken=self._taken(), lamps=self._lamps(), phone=self._phone or None
        )
        if not candidates:
            return self.async_show_menu(step_id="nothing_found", menu_options=["user"])
        options = [
            SelectOptionDict(value=candidate.entity_id, label=words.label(candidate))
            for candidate in candidates
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="found",
            data_schema=vol.Schema({vol.Required(CONF_ENTITY): selector}),
            description_placeholders={"count": str(len(candidates))},
        )

    async def async_step_nothing_found(self, user_input: Answers = None) -> SubentryFlowResult:
        """Shown as a menu."""
        return await self.async_step_user()

    async def async_step_by_hand(self, user_input: Answers = None) -> SubentryFlowResult:
        """Any entity, by its role: what it shows is judged by that."""
        if user_input is not None:
            self._draft.chosen = self._draft.role = Role(user_input[CONF_ROLE])
            return await self.async_step_entity()
        return self.async_show_form(
            step_id="by_hand", data_schema=vol.Schema({vol.Required(CONF_ROLE): _roles(Role)})
        )

    async def async_step_entity(self, user_input: Answers = None) -> SubentryFlowResult:
        """Which entity shows it."""
        errors: dict[str, str] = {}
        if user_input is not None and self._suits(user_input[CONF_ENTITY], errors):
            self._draft.entity_id = user_input[CONF_ENTITY]
            return await self.async_step_about()
        selector = selector_for(self.hass, self._draft.role)
        form = vol.Schema({vol.Required(CONF_ENTITY): selector})
        return self.async_show_form(
            step_id="entity",
            data_schema=self.add_suggested_values_to_schema(form, user_input),
            errors=errors,
        )

    async def async_step_about(self, user_input: Answers = None) -> SubentryFlowResult:
        """What it is called and means; what to know of it; then go there and use it."""
        draft = self._draft
        if user_input is not None:
            draft.name = str(user_input.get(CONF_NAME) or "")
            draft.press = user_input.get(CONF_PRESS)
            draft.role = Role(user_input.get(CONF_ROLE, self._suggested_role()))
            return await self.async_step_walk()
        candidate = candidate_of(
            self.hass, draft.entity_id, self._suggested_role(), lamps=self._lamps()
        )
        words = await Words.of(self.hass)
        shown = {CONF_NAME: draft.name or candidate.name, CONF_PRESS: draft.press}
        return self.async_show_form(
            step_id="about",
            data_schema=self.add_suggested_values_to_schema(self._about_form(), shown),
            description_placeholders={
                "entity": draft.entity_id,
                "points": words.points(candidate.fitness.points),
                "warnings": words.warnings(candidate.fitness.warnings),
            },
        )

    async def async_step_zigbee(self, user_input: Answers = None) -> SubentryFlowResult:
        """No Zigbee in this home yet: ZHA's own flow sets it up, and one comes back here."""
        return self.async_abort(
            reason="zigbee_first", description_placeholders={"add_zigbee": ADD_ZIGBEE}
        )

    @override
    async def _choose_of_phone(self, phone: str) -> SubentryFlowResult:
        self._phone = phone
        return await self.async_step_found()

    def _about_form(self) -> vol.Schema:
        fields: dict[vol.Marker, Any] = {}
        suggested, possible = self._suggested_role(), roles_of(self.hass, self._draft.entity_id)
        if self._draft.chosen is None and len(possible) > 1:
            fields[vol.Required(CONF_ROLE, default=suggested.value)] = _roles(possible)
        fields[vol.Optional(CONF_NAME)] = TextSelector()
        if suggested is Role.BUTTON:
            fields[vol.Required(CONF_PRESS, default=PRESS_OK)] = PRESS
        return vol.Schema(fields)

    def _suggested_role(self) -> Role:
        """What the technician said, or what it looks like."""
        entity_id = self._draft.entity_id
        return self._draft.chosen or role_of(self.hass, entity_id) or Role.OTHER

    def _suits(self, entity_id: str, errors: dict[str, str]) -> bool:
        if not fits(self.hass, self._draft.role, entity_id):
            errors[CONF_ENTITY] = "not_suitable"
        elif kept_as(self.hass, entity_id) in self._taken():
            errors[CONF_ENTITY] = "already_a_source"
        return not errors

    def _taken(self) -> set[str]:
        """What other sources of this household follow."""
        return {str(subentry.unique_id) for subentry in self._others()}

    @override
    def _lamps(self) -> dict[str, Role]:
        registry = er.async_get(self.hass)
        roles = {
            er.async_resolve_entity_id(registry, str(other.data[CONF_ENTITY])): role
            for other in self._others()
            if (role := Role(other.data[CONF_ROLE])) in SWITCHED
        }
        # A meter tells a start by its watts: it may begin along with a lamp.
        return {n: r for n, r in roles.items() if n and split_entity_id(n)[0] != Platform.SENSOR}

    def _others(self) -> list[ConfigSubentry]:
        own = self.context.get("subentry_id")
        return [
            subentry
            for subentry in self._get_entry().subentries.values()
            if subentry.subentry_type == SUBENTRY_SOURCE and subentry.subentry_id != own
        ]


def _roles(roles: Iterable[Role]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=[role.value for role in roles], translation_key="role")
    )
