"""Triggers for automations, fed by the performer with what the household says.

They look at no entity: a stage that is reached while the household is reloaded starts them as well.
"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, override

from homeassistant.const import CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import CONF_ENTRY
from .logic.effects import Effect
from .logic.household import Receipt
from .logic.words import Answer, Kind, Said, Stage
from .performer import ANNOUNCED, Announcement, Lost, Word

CONF_STAGES = "stages"
CONF_AGAIN = "again"
CONF_ANSWERS = "answers"
CONF_CODES = "codes"

_STAGE_OF: Mapping[Kind, Stage] = {
    Kind.QUIET: Stage.QUIET,
    Kind.UNKNOWN: Stage.QUIET,
    Kind.KNOCK: Stage.KNOCK,
    Kind.VISIT: Stage.VISIT,
    Kind.EMERGENCY: Stage.EMERGENCY,
    Kind.RESOLVED: Stage.CALM,
}
_ALERTS = [stage.value for stage in Stage if stage is not Stage.CALM]


def _some_of(words: type[Stage | Answer]) -> vol.All:
    return vol.All(cv.ensure_list, vol.Length(min=1), [vol.Coerce(words)])


class HouseholdTrigger(Trigger):
    """Fires for one household, or for any when none was chosen."""

    fields: ClassVar[dict[Any, Any]] = {}

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        fields = {vol.Optional(CONF_ENTRY): cv.string, **cls.fields}
        valid: ConfigType = vol.Schema({vol.Required(CONF_OPTIONS, default=dict): fields})(config)
        return valid

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._options = config.options or {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: object = None
    ) -> CALLBACK_TYPE:
        chosen = self._options.get(CONF_ENTRY)

        @callback
        def announced(announcement: Announcement) -> None:
            if chosen in (None, announcement.entry_id):
                self._heard(announcement, run_action)

        return async_dispatcher_connect(self._hass, ANNOUNCED, announced)

    def _heard(self, announcement: Announcement, run_action: TriggerActionRunner) -> None:
        told = self._told(announcement.what, announcement.entry_id)
        entry = self._hass.config_entries.async_get_entry(announcement.entry_id)
        if told is None or entry is None:
            return
        if isinstance(lost := announcement.what, Lost):
            subentry = entry.subentries.get(lost.source_id)
            told = {"name": subentry.title if subentry else lost.source_id, **told}
        payload = {CONF_ENTRY: entry.entry_id, "household": entry.title, **told}
        run_action(payload, f"{entry.title}: {', '.join(map(str, told.values()))[:80]}")

    @abstractmethod
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        """What the automation is told, `None` when this is nothing for it."""


class StageReached(HouseholdTrigger):
    """The household has come to a stage, calm included."""

    fields: ClassVar = {
        vol.Required(CONF_STAGES, default=_ALERTS): _some_of(Stage),
        vol.Required(CONF_AGAIN, default=False): cv.boolean,
    }

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        # By household: the kinds said since it was calm, so that only who was told is told the end.
        self._after: dict[str, list[str]] = {}
        self._calm: tuple[str, int] | None = None

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Effect) or (stage := _STAGE_OF.get(what.kind)) is None:
            return None
        if stage is Stage.CALM:
            told = self._ended(what, entry_id)
        else:
            self._after.setdefault(entry_id, []).append(what.kind.value)
            told = _message(what) if what.data["said"] in _wanted(self._options) else None
        if told is None or stage not in self._options[CONF_STAGES]:
            return None
        return {"stage": stage.value, **told}

    def _ended(self, what: Effect, entry_id: str) -> dict[str, Any] | None:
        """All that ends at once is said for each episode, and is one calm."""
        if self._calm == (entry_id, what.version):
            return None
        self._calm = (entry_id, what.version)
        return {**_message(what), "after": self._after.pop(entry_id, [])}


class KnockDue(HouseholdTrigger):
    """The resident is to be asked at home, now."""

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Effect) or what.data.get("said") != Said.FIRST:
            return None
        stage = _STAGE_OF.get(what.kind)
        if stage not in (Stage.QUIET, Stage.KNOCK):
            return None
        return {"stage": stage.value, "urgent": stage is Stage.KNOCK, **_message(what)}


class HelpCalled(HouseholdTrigger):
    """Help was called; once more each time that it is said again."""

    fields: ClassVar = {vol.Required(CONF_AGAIN, default=True): cv.boolean}

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Effect) or what.kind is not Kind.EMERGENCY:
            return None
        return _message(what) if what.data["said"] in _wanted(self._options) else None


class AbsenceOverrun(HouseholdTrigger):
    """An absence has ended and nobody has come home."""

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Effect) or what.kind is not Kind.ABSENCE:
            return None
        return _message(what) if what.data["state"] == "overrun" else None


class AnswerReceived(HouseholdTrigger):
    """A person has taken, handled or declined the case."""

    fields: ClassVar = {
        vol.Required(CONF_ANSWERS, default=[a.value for a in Answer]): _some_of(Answer)
    }

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Receipt) or what.answer not in self._options[CONF_ANSWERS]:
            return None
        return {
            "answer": what.answer.value,
            "by": what.by,
            "outcome": what.outcome,
            "case": what.case,
        }


class SourceLost(HouseholdTrigger):
    """A source can show no life any more."""

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Lost):
            return None
        return {
            "source": what.source_id,
            "role": what.view.role.value,
            "reason": what.view.why.value,
            "battery": what.view.battery,
        }


class _Trouble(HouseholdTrigger):
    fields: ClassVar = {vol.Optional(CONF_CODES): vol.All(cv.ensure_list, [cv.string])}
    state: ClassVar[str]

    @override
    def _told(self, what: Word, entry_id: str) -> dict[str, Any] | None:
        if not isinstance(what, Effect) or what.kind is not Kind.TROUBLE:
            return None
        wanted = self._options.get(CONF_CODES) or (what.data["code"],)
        if what.data["state"] != self.state or what.data["code"] not in wanted:
            return None
        return _message(what)


class TroubleBegan(_Trouble):
    """Something technical needs somebody's attention."""

    state = "raised"


class TroubleEnded(_Trouble):
    """It needs it no longer."""

    state = "cleared"


def _wanted(options: Mapping[str, Any]) -> set[Said]:
    return {Said.FIRST, Said.AGAIN} if options[CONF_AGAIN] else {Said.FIRST}


def _message(effect: Effect) -> dict[str, Any]:
    """As it is sent, with what tells it from others."""
    return {"kind": effect.kind.value, "version": effect.version, **effect.data}


TRIGGERS: dict[str, type[Trigger]] = {
    "absence_overrun": AbsenceOverrun,
    "answer_received": AnswerReceived,
    "help_called": HelpCalled,
    "knock_due": KnockDue,
    "source_lost": SourceLost,
    "stage_reached": StageReached,
    "trouble_began": TroubleBegan,
    "trouble_ended": TroubleEnded,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """The triggers by their names."""
    return TRIGGERS
