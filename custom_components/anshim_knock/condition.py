"""Conditions for automations: how a household stands at this moment."""

from abc import abstractmethod
from typing import Any, ClassVar, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import CONF_ENTRY, DOMAIN
from .logic.words import Presence, Stage, Watch
from .trigger import CONF_STAGES
from .view import View


class HouseholdCondition(Condition):
    """Holds for one household, or for any of them when none was chosen."""

    fields: ClassVar[dict[Any, Any]] = {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        fields = {vol.Optional(CONF_ENTRY): cv.string, **cls.fields}
        valid: ConfigType = vol.Schema({vol.Required(CONF_OPTIONS, default=dict): fields})(config)
        return valid

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._options = config.options or {}

    @override
    def _async_check(self, **kwargs: Any) -> bool:
        """A household that is not there at the moment is neither quiet nor away nor blind."""
        chosen = self._options.get(CONF_ENTRY)
        return any(
            self._holds(entry.runtime_data.data)
            for entry in self._hass.config_entries.async_loaded_entries(DOMAIN)
            if chosen in (None, entry.entry_id)
        )

    @abstractmethod
    def _holds(self, view: View) -> bool: ...


class IsQuiet(HouseholdCondition):
    """A silence or a call for help is being seen to."""

    fields: ClassVar = {
        vol.Required(
            CONF_STAGES, default=[stage.value for stage in Stage if stage is not Stage.CALM]
        ): vol.All(cv.ensure_list, vol.Length(min=1), [vol.Coerce(Stage)]),
    }

    @override
    def _holds(self, view: View) -> bool:
        return view.stage in self._options[CONF_STAGES]


class IsAway(HouseholdCondition):
    """The resident is away."""

    @override
    def _holds(self, view: View) -> bool:
        return view.presence is Presence.AWAY


class IsBlind(HouseholdCondition):
    """No working source could show life."""

    @override
    def _holds(self, view: View) -> bool:
        return view.watch is Watch.BLIND


CONDITIONS: dict[str, type[Condition]] = {
    "is_away": IsAway,
    "is_blind": IsBlind,
    "is_quiet": IsQuiet,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """The conditions by their names."""
    return CONDITIONS
