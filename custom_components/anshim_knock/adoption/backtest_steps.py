"""The steps that try a limit on the home's past, and switch it on if it is liked."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.exceptions import ServiceValidationError

from ..backtest import Tried, setting_of, tried
from ..forms import TIMES_FORM, shown_times, times_of
from .running import RunningHousehold

type Answers = dict[str, Any] | None


class BacktestSteps(RunningHousehold):
    """A choice of the menu "Reconfigure": times, their past, and then another try or the switch."""

    def __init__(self) -> None:
        super().__init__()
        self._times: dict[str, Any] = {}
        self._found: Tried | None = None

    async def async_step_backtest(self, user_input: Answers = None) -> ConfigFlowResult:
        """Which times are to be tried.

        The page waits for what comes of them: a progress page would miss the end of a short one.
        """
        entry = self.running_household()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._times = times_of(user_input)
            chosen = setting_of({**entry.data, **self._times})
            try:
                self._found = await tried(self.hass, entry, chosen)
            except ServiceValidationError as err:
                errors["base"] = err.translation_key or "no_past"
            else:
                entry.runtime_data.show_backtest(self._found.picture, self._found.at)
                return await self.async_step_backtest_found()
        shown = shown_times(self._times or entry.data)
        return self.async_show_form(
            step_id="backtest",
            data_schema=self.add_suggested_values_to_schema(TIMES_FORM, shown),
            errors=errors,
        )

    async def async_step_backtest_found(self, user_input: Answers = None) -> ConfigFlowResult:
        """What would have happened, in words and as a picture."""
        if self._found is None:
            return await self.async_step_backtest()
        return self.async_show_menu(
            step_id="backtest_found",
            menu_options=["backtest_switch_on", "backtest"],
            description_placeholders=_page(self._found),
        )

    async def async_step_backtest_switch_on(self, user_input: Answers = None) -> ConfigFlowResult:
        """The times that were tried are the household's from now on."""
        if self._found is None:
            return await self.async_step_backtest()
        return self.async_update_and_abort(self._get_reconfigure_entry(), data_updates=self._times)


def _page(found: Tried) -> Mapping[str, str]:
    """The picture travels within the page: no address to fetch it from, none to protect."""
    picture = b64encode(found.picture.encode()).decode()
    return {"text": found.text, "picture": f"![](data:image/svg+xml;base64,{picture})"}
