"""Puts the page into Home Assistant's frontend: a panel in the sidebar and a card for dashboards.

Its files carry their digest in their address: they may be cached for ever, and work without the
internet.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components import frontend, panel_custom
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN

PANEL: Final = "anshim-knock"
_FOLDER = Path(__file__).parents[1] / "frontend"
_FRONTEND: Final = "frontend"


async def offer_page(hass: HomeAssistant) -> None:
    """For the first household. Without a frontend there is nobody to show it to."""
    if _FRONTEND not in hass.config.components or frontend.async_panel_exists(hass, PANEL):
        return
    digest = await hass.async_add_executor_job(_digest)
    titles = await async_get_translations(hass, hass.config.language, "title", {DOMAIN})
    if frontend.async_panel_exists(hass, PANEL):
        # Another household was quicker.
        return
    address = f"/{DOMAIN}/{digest}"
    module = f"{address}/anshim-knock.js"
    await hass.http.async_register_static_paths([StaticPathConfig(address, str(_FOLDER))])
    await panel_custom.async_register_panel(
        hass,
        frontend_url_path=PANEL,
        webcomponent_name="anshim-knock-panel",
        sidebar_title=titles.get(f"component.{DOMAIN}.title"),
        sidebar_icon="mdi:hand-heart",
        module_url=module,
        handle_safe_area=True,
    )
    frontend.add_extra_js_url(hass, module)


@callback
def withdraw_page(hass: HomeAssistant, gone: ConfigEntry) -> None:
    """With the last household the panel goes. Cards stay and say that there is no home."""
    left = [e for e in hass.config_entries.async_entries(DOMAIN) if e.entry_id != gone.entry_id]
    if not left:
        frontend.async_remove_panel(hass, PANEL, warn_if_unknown=False)


def _digest() -> str:
    """Of all files and their names: a change anywhere is another address."""
    found = sha256()
    for path in sorted(_FOLDER.rglob("*.js")):
        found.update(path.relative_to(_FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]
