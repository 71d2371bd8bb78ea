"""The best proof that a source works, from whoever can give it, when somebody needs it.

The radio's own record first, then the bridge's, then what Home Assistant noted of the last report.
"""

from datetime import datetime

from homeassistant.core import HomeAssistant, State

from ..logic.activity import BLANK, SETTLE
from ..logic.evidence import Evidence, Via
from .facts import Stack, battery_of, facts_of, link_of, siblings
from .tracked import Tracked
from .zigbee2mqtt import Zigbee2Mqtt


def evidence_of(
    hass: HomeAssistant, tracked: Tracked, mqtt: Zigbee2Mqtt, listening_since: datetime
) -> Evidence:
    """What can be said of it now. Says nothing of a source whose entity has gone."""
    if (entity_id := tracked.entity_id) is None:
        return Evidence()
    facts = facts_of(hass, entity_id)
    if facts.stack is Stack.ZHA and facts.last_frame is not None:
        return Evidence(
            heard=facts.last_frame,
            via=Via.ZIGPY,
            check_in=facts.check_in,
            link=facts.link,
            battery=facts.battery,
            reachable=facts.reachable,
        )
    if facts.stack is Stack.ZIGBEE2MQTT and (found := mqtt.evidence(entity_id)) is not None:
        return found
    return Evidence(
        heard=_reported(hass, tracked, listening_since),
        via=Via.REPORTED,
        link=link_of(hass, entity_id),
        battery=battery_of(hass, entity_id),
    )


def _reported(hass: HomeAssistant, tracked: Tracked, listening_since: datetime) -> datetime | None:
    """A report of the same value is no event of its own; Home Assistant only notes its time.

    Whatever else the device reports, its battery say, proves it alive as well. What is said on its
    behalf just after a start or a return does not.
    """
    if tracked.entity_id is None or not tracked.source.available:
        return None
    settled = max(listening_since, tracked.returned or listening_since) + SETTLE
    states = map(hass.states.get, siblings(hass, tracked.entity_id))
    reports = (s.last_reported for s in states if s is not None and s.state not in BLANK)
    newest = max(reports, default=settled)
    return newest if newest > settled else None


def is_unheard(old: State | None, at: datetime, *returns: datetime | None) -> bool:
    """Whether what was shown is only what was remembered when it, its hub or we returned.

    A return in the future was seen by a clock that has been set since.
    """
    since = max((back for back in returns if back is not None and back <= at), default=None)
    return old is not None and since is not None and old.last_reported < since + SETTLE
