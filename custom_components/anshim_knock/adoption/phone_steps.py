"""The steps of the source flow that get the resident's phone ready."""

from abc import abstractmethod

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .phone import Check, phones, seen_of
from .walk_steps import Answers, WalkSteps
from .wording import BREAK, Words

_PHONE = "phone"
_BATTERY = "battery_unrestricted"
_GO_ON = "go_on"
_CHECKS_FORM = vol.Schema(
    {
        vol.Required(_BATTERY, default=False): BooleanSelector(),
        vol.Required(_GO_ON, default=False): BooleanSelector(),
    }
)


class PhoneSteps(WalkSteps):
    """`phone` → `phone_checks` → the phone's own candidates."""

    def __init__(self) -> None:
        super().__init__()
        self._phone = ""

    async def async_step_phone(self, user_input: Answers = None) -> SubentryFlowResult:
        """Which phone is the resident's."""
        known = phones(self.hass)
        if user_input is not None:
            self._phone = user_input[_PHONE]
            return await self.async_step_phone_checks()
        if not known:
            return self.async_show_menu(step_id="no_phone", menu_options=["phone", "user"])
        options = [SelectOptionDict(value=key, label=name) for key, name in known.items()]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
        )
        return self.async_show_form(
            step_id="phone", data_schema=vol.Schema({vol.Required(_PHONE): selector})
        )

    async def async_step_no_phone(self, user_input: Answers = None) -> SubentryFlowResult:
        """Shown as a menu: look again once the app is installed."""
        return await self.async_step_phone()

    async def async_step_phone_checks(self, user_input: Answers = None) -> SubentryFlowResult:
        """The list. Each Submit looks again; who cannot mend something may go on without it."""
        seen = seen_of(self.hass, self._phone)
        errors: dict[str, str] = {}
        if user_input is not None:
            done = [*(c for c, is_so in seen.items() if is_so)]
            done += [Check.BATTERY] if user_input[_BATTERY] else []
            if set(done) == set(Check) or user_input[_GO_ON]:
                self._draft.phone_checked = [check.value for check in done]
                return await self._choose_of_phone(self._phone)
            errors["base"] = "phone_not_ready"
        words = await Words.of(self.hass)
        lines = [_line(words, check, is_done=is_so) for check, is_so in seen.items()]
        return self.async_show_form(
            step_id="phone_checks",
            data_schema=self.add_suggested_values_to_schema(_CHECKS_FORM, user_input),
            errors=errors,
            description_placeholders={"list": BREAK.join(lines)},
        )

    @abstractmethod
    async def _choose_of_phone(self, phone: str) -> SubentryFlowResult:
        """The source flow's own next step."""


def _line(words: Words, check: Check, *, is_done: bool) -> str:
    mark, state = ("●", "done") if is_done else ("×", "missing")
    return f"{mark} {words.say('phone_check', f'{check}_{state}')}"
