"""The blueprints are put into a home without internet: by an action, or by a step's button."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from tests.integration.blueprint_desk import BLUEPRINTS
from tests.integration.house import DOMAIN, House

SHIPPED = {path.name for path in BLUEPRINTS.rglob("*.yaml")}


def folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path("blueprints", "automation", "anshim_knock"))


def there(hass: HomeAssistant) -> dict[str, str]:
    """What lies in this home's folder, by its file."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder(hass).glob("*.yaml")}


def change(hass: HomeAssistant) -> None:
    """As somebody who knows what they do."""
    own = folder(hass) / "help_button.yaml"
    written = own.read_text(encoding="utf-8")
    own.write_text(written.replace("mode:", "max_exceeded: silent\nmode:"), encoding="utf-8")


async def pressed(home: House, *, overwrite: bool = False) -> Any:
    """Reconfigure, "Install the blueprints", submit."""
    flows = home.hass.config_entries.flow
    menu = await flows.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": home.entry_id}
    )
    form = await flows.async_configure(menu["flow_id"], {"next_step_id": "blueprints"})
    return await flows.async_configure(form["flow_id"], {"overwrite": overwrite})


@pytest.fixture
async def furnished(home: House) -> House:
    """A home with automations."""
    assert await async_setup_component(home.hass, "automation", {})
    return home


async def test_a_press_puts_all_of_them_into_the_home(furnished: House) -> None:
    done = await pressed(furnished)
    assert done["reason"] == "blueprints_installed"
    assert done["description_placeholders"]["installed"] == str(len(SHIPPED))
    assert there(furnished.hass).keys() == SHIPPED
    again = await pressed(furnished)
    assert again["description_placeholders"]["installed"] == "0"


async def test_what_somebody_changed_here_stays_unless_they_want_it_otherwise(
    furnished: House,
) -> None:
    await pressed(furnished)
    change(furnished.hass)
    await furnished.hass.data["blueprint"]["automation"].async_reset_cache()

    kept = await pressed(furnished)
    assert (kept["reason"], kept["description_placeholders"]["kept"]) == ("blueprints_kept", "1")
    assert "max_exceeded" in there(furnished.hass)["help_button.yaml"]

    await pressed(furnished, overwrite=True)
    assert "max_exceeded" not in there(furnished.hass)["help_button.yaml"]


async def test_the_action_does_the_same(furnished: House) -> None:
    done = await furnished.call("install_blueprints")
    assert {path.rpartition("/")[2] for path in done["installed"]} == SHIPPED
    assert done["kept"] == []


async def test_a_disk_that_takes_nothing_is_said(furnished: House) -> None:
    folder(furnished.hass).parent.mkdir(parents=True, exist_ok=True)
    folder(furnished.hass).write_text("where a folder should be", encoding="utf-8")
    done = await pressed(furnished)
    assert done["errors"] == {"base": "blueprints_not_written"}


async def test_without_automations_nothing_is_installed_and_it_is_said(home: House) -> None:
    done = await pressed(home)
    assert done["errors"] == {"base": "blueprints_unavailable"}
