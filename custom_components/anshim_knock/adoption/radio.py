"""Whether this home has Zigbee, and the way into ZHA's own flow where it has not."""

import logging

from homeassistant.config_entries import SOURCE_USER, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownHandler
from homeassistant.exceptions import HomeAssistantError

_LOGGER = logging.getLogger(__name__)
_ZHA = "zha"
# Zigbee2MQTT comes through MQTT.
_RADIOS = (_ZHA, "mqtt", "deconz")
# A place of Home Assistant's frontend, which opens the flow of the integration named.
ADD_ZIGBEE = f"/config/integrations/dashboard/add?domain={_ZHA}"


def has_zigbee(hass: HomeAssistant) -> bool:
    """Some integration brings Zigbee devices."""
    return any(hass.config_entries.async_entries(domain) for domain in _RADIOS)


async def zha_flow(hass: HomeAssistant) -> tuple[FlowType, str] | None:
    """ZHA's own flow, started, to follow ours; `None` where it cannot be had."""
    try:
        result = await hass.config_entries.flow.async_init(_ZHA, context={"source": SOURCE_USER})
    except (HomeAssistantError, UnknownHandler, ImportError) as err:
        _LOGGER.info("ZHA cannot be set up from here: %s", err)
        return None
    if result["type"] in {FlowResultType.ABORT, FlowResultType.CREATE_ENTRY}:
        return None
    return FlowType.CONFIG_FLOW, result["flow_id"]
