"""The step that installs the blueprints, for whoever would rather press a button than an action."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..install import ATTR_OVERWRITE, installed

type Answers = dict[str, Any] | None

_FORM = vol.Schema({vol.Required(ATTR_OVERWRITE, default=False): BooleanSelector()})


class BlueprintSteps(ConfigFlow):
    """A choice of the menu "Reconfigure"."""

    async def async_step_blueprints(self, user_input: Answers = None) -> ConfigFlowResult:
        """What somebody changed in this home stays unless they want it otherwise."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                done = await installed(self.hass, overwrite=user_input[ATTR_OVERWRITE])
            except HomeAssistantError as err:
                errors["base"] = err.translation_key or "blueprints_not_written"
            else:
                return self.async_abort(
                    reason="blueprints_kept" if done.kept else "blueprints_installed",
                    description_placeholders={
                        "installed": str(len(done.installed)),
                        "kept": str(len(done.kept)),
                    },
                )
        return self.async_show_form(step_id="blueprints", data_schema=_FORM, errors=errors)
