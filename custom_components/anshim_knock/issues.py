"""Repairs: what a person must see to, raised and cleared with the trouble itself."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN

RELAY_LOST = "relay_lost"
RELAY_FULL = "relay_full"
RELAY_REFUSES = "relay_refuses"
KIT_UNKNOWN = "kit_unknown"
KIT_REVOKED = "kit_revoked"
STORE_UNWRITABLE = "store_unwritable"
STATE_LOST = "state_lost"
SOURCE_GONE = "source_gone"
SOURCE_LOST = "source_lost"
SOURCE_BATTERY = "source_battery"
SOURCE_BATTERY_DAYS = "battery_days"
SOURCE_GHOST = "source_ghost"
SOURCE_UNTESTED = "source_untested"
SOURCE_SWAPPED = "source_swapped"
HUB_LOST = "hub_lost"
POWER_LOST = "power_lost"
REMOVED_UNTOLD = "removed_untold"
CONTACT_UNREACHED = "contact_unreached"
CONTACT_SILENT = "contact_silent"

_SEVERITY = {
    RELAY_LOST: ir.IssueSeverity.ERROR,
    RELAY_FULL: ir.IssueSeverity.ERROR,
    RELAY_REFUSES: ir.IssueSeverity.ERROR,
    KIT_UNKNOWN: ir.IssueSeverity.CRITICAL,
    KIT_REVOKED: ir.IssueSeverity.CRITICAL,
    STORE_UNWRITABLE: ir.IssueSeverity.CRITICAL,
    STATE_LOST: ir.IssueSeverity.WARNING,
    SOURCE_GONE: ir.IssueSeverity.WARNING,
    SOURCE_LOST: ir.IssueSeverity.ERROR,
    SOURCE_BATTERY: ir.IssueSeverity.WARNING,
    SOURCE_BATTERY_DAYS: ir.IssueSeverity.WARNING,
    SOURCE_GHOST: ir.IssueSeverity.WARNING,
    SOURCE_UNTESTED: ir.IssueSeverity.WARNING,
    SOURCE_SWAPPED: ir.IssueSeverity.ERROR,
    HUB_LOST: ir.IssueSeverity.ERROR,
    POWER_LOST: ir.IssueSeverity.ERROR,
    REMOVED_UNTOLD: ir.IssueSeverity.CRITICAL,
    CONTACT_UNREACHED: ir.IssueSeverity.ERROR,
    CONTACT_SILENT: ir.IssueSeverity.WARNING,
}


class Issues:
    """The repairs of one household."""

    def __init__(self, hass: HomeAssistant, entry_id: str, title: str) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._title = title

    @callback
    def tell(self, key: str, *, raised: bool, part: str = "", **placeholders: str) -> None:
        """`part` tells several of a kind apart."""
        issue_id = "_".join(filter(None, (key, self._entry_id, part)))
        if not raised:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            # Nobody is left who would raise it again.
            is_persistent=key == REMOVED_UNTOLD,
            severity=_SEVERITY[key],
            translation_key=key,
            translation_placeholders={"household": self._title, **placeholders},
        )

    @callback
    def tell_all(self, key: str, parts: Mapping[str, Mapping[str, str]]) -> None:
        """Of a kind, these and no others: by part, what its text names."""
        beginning = f"{key}_{self._entry_id}_"
        ours = [i for d, i in ir.async_get(self._hass).issues if d == DOMAIN]
        for issue_id in ours:
            if issue_id.startswith(beginning) and issue_id.removeprefix(beginning) not in parts:
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        for part, names in parts.items():
            self.tell(key, raised=True, part=part, **names)

    @callback
    def clear(self) -> None:
        """The household has gone, and its troubles with it."""
        registry = ir.async_get(self._hass)
        for domain, issue_id in list(registry.issues):
            if domain == DOMAIN and self._entry_id in issue_id:
                registry.async_delete(domain, issue_id)
