"""The steps that try a limit on the home's past, and switch it on if it is liked."""

import asyncio
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
        self._trying: asyncio.Task[Tried] | None = None
        self._refused: str | None = None

    async def async_step_backtest(self, user_input: Answers = None) -> ConfigFlowResult:
        """Which times are to be tried."""
        entry = self.running_household()
        if user_input is not None:
            self._times, self._refused = times_of(user_input), None
            chosen = setting_of({**entry.data, **self._times})
            self._trying = self.hass.async_create_task(tried(self.hass, entry, chosen), "backtest")
            return await self.async_step_backtest_runs()
        shown = self._times or entry.data
        refused, self._refused = self._refused, None
        return self.async_show_form(
            step_id="backtest",
            data_schema=self.add_suggested_values_to_schema(TIMES_FORM, shown_times(shown)),
            errors={"base": refused} if refused else {},
        )

    async def async_step_backtest_runs(self, user_input: Answers = None) -> ConfigFlowResult:
        """Three months take a moment on a small machine."""
        trying = self._trying
        if trying is None:
            return await self.async_step_backtest()
        if trying.done():
            return self.async_show_progress_done(next_step_id="backtest_found")
        return self.async_show_progress(
            step_id="backtest_runs", progress_action="backtest", progress_task=trying
        )

    async def async_step_backtest_found(self, user_input: Answers = None) -> ConfigFlowResult:
        """What would have happened, in words and as a picture."""
        trying = self._trying
        if trying is None:
            return await self.async_step_backtest()
        try:
            found = await trying
        except ServiceValidationError as err:
            self._trying, self._refused = None, err.translation_key
            return await self.async_step_backtest()
        self.running_household().runtime_data.show_backtest(found.picture, found.at)
        return self.async_show_menu(
            step_id="backtest_found",
            menu_options=["backtest_switch_on", "backtest"],
            description_placeholders=_page(found),
        )

    async def async_step_backtest_switch_on(self, user_input: Answers = None) -> ConfigFlowResult:
        """The times that were tried are the household's from now on."""
        if not self._times:
            return await self.async_step_backtest()
        return self.async_update_and_abort(self._get_reconfigure_entry(), data_updates=self._times)


def _page(found: Tried) -> Mapping[str, str]:
    """The picture travels within the page: no address to fetch it from, none to protect."""
    picture = b64encode(found.picture.encode()).decode()
    return {"text": found.text, "picture": f"![](data:image/svg+xml;base64,{picture})"}
