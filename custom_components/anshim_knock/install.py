"""Installs the integration's blueprints, for homes without internet: an action and a step ask it.

They are copies of those in `blueprints/` at the root, where the gallery's import links lead.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util.yaml import load_yaml_dict
import voluptuous as vol

from .const import DOMAIN

if TYPE_CHECKING:
    from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints

ATTR_OVERWRITE = "overwrite"
AUTOMATION = "automation"
FOLDER = Path(__file__).parent / "blueprints" / AUTOMATION

_INSTALL = vol.Schema({vol.Optional(ATTR_OVERWRITE, default=False): cv.boolean})


def async_setup_install(hass: HomeAssistant) -> None:
    service.async_register_admin_service(
        hass,
        DOMAIN,
        "install_blueprints",
        _install,
        _INSTALL,
        supports_response=SupportsResponse.OPTIONAL,
    )


@dataclass(slots=True, kw_only=True)
class Installed:
    """What was written, and what is kept because somebody changed it here."""

    installed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


async def _install(call: ServiceCall) -> ServiceResponse:
    done = await installed(call.hass, overwrite=call.data[ATTR_OVERWRITE])
    return {"installed": [*done.installed], "kept": [*done.kept]}


async def installed(hass: HomeAssistant, *, overwrite: bool) -> Installed:
    """Raises `HomeAssistantError` where there are no automations, or the disk takes nothing."""
    home: DomainBlueprints | None = hass.data.get("blueprint", {}).get(AUTOMATION)
    if home is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="blueprints_unavailable"
        )
    done = Installed()
    packaged = await hass.async_add_executor_job(_packaged)
    for path, blueprint in packaged.items():
        there = await _there(home, path)
        if there is not None and there.data == blueprint.data:
            continue
        if there is None or overwrite:
            await _write(home, blueprint, path)
            done.installed.append(path)
        else:
            done.kept.append(path)
    return done


def _packaged() -> dict[str, Blueprint]:
    # Nobody needs blueprints to be watched over: the household starts without them.
    from homeassistant.components.blueprint.models import Blueprint  # noqa: PLC0415
    from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA  # noqa: PLC0415

    return {
        f"{DOMAIN}/{file.name}": Blueprint(
            load_yaml_dict(file),
            path=file.name,
            expected_domain=AUTOMATION,
            schema=BLUEPRINT_SCHEMA,
        )
        for file in sorted(FOLDER.glob("*.yaml"))
    }


async def _there(home: DomainBlueprints, path: str) -> Blueprint | None:
    """What this home has already. What it cannot read is as good as nothing."""
    try:
        return await home.async_get_blueprint(path)
    except HomeAssistantError:
        return None


async def _write(home: DomainBlueprints, blueprint: Blueprint, path: str) -> None:
    try:
        await home.async_add_blueprint(blueprint, path, allow_override=True)
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="blueprints_not_written",
            translation_placeholders={"error": str(err)},
        ) from err
