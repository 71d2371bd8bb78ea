"""What the steps of a reconfiguration share: the household must run, or it can be told nothing."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntryState, ConfigFlow
from homeassistant.data_entry_flow import AbortFlow

if TYPE_CHECKING:
    from ..coordinator import AnshimConfigEntry


class RunningHousehold(ConfigFlow):
    """A flow about a household that runs."""

    def running_household(self) -> AnshimConfigEntry:
        """The entry. Ends the flow when it is not loaded."""
        entry: AnshimConfigEntry = self._get_reconfigure_entry()
        if entry.state is not ConfigEntryState.LOADED:
            raise AbortFlow("not_running")
        return entry
