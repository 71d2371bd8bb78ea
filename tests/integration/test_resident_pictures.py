"""Every state of a home that the resident's page can show.

The pictures are kept as JSON; tests/browser shows each of them in a real browser. After a change
that is meant: `scripts/test tests/integration/test_resident_pictures.py --snapshot-update`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.util import dt as dt_util
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from custom_components.anshim_knock.resident.picture import picture_of
from tests.integration.family import Family
from tests.integration.house import DOOR, KETTLE, OUTER_DOOR, House

type Scene = Callable[[House], Awaitable[None]]


def _episode(home: House) -> int:
    found: int = home.state("sensor", "stage").attributes["episode"]
    return found


async def calm(home: House) -> None:
    await home.wait(minutes=20)
    await home.boil_water()


async def dim(home: House) -> None:
    for _ in range(3):
        await home.wait(minutes=20)
        await home.use_door()
    await home.show(DOOR, "unavailable")
    await home.wait(minutes=20)


async def blind(home: House) -> None:
    for entity_id in (DOOR, OUTER_DOOR, KETTLE):
        await home.show(entity_id, "unavailable")
    await home.wait(minutes=20)


async def away(home: House) -> None:
    await home.call("set_away", hours=30)


async def quiet(home: House) -> None:
    await home.wait(hours=12)


async def knock(home: House) -> None:
    await home.wait(hours=12.4)


async def visit(home: House) -> None:
    await home.wait(hours=13.5)
    await home.receive("case", {"state": "opened", "kind": "welfare", "episode": _episode(home)})


async def visit_taken(home: House) -> None:
    await visit(home)
    await home.hold(_episode(home))


async def nobody_opened(home: House) -> None:
    await visit_taken(home)
    await home.handled(_episode(home), "nobody_opened")


async def help_on_its_way(home: House) -> None:
    await home.relay.stop()
    await home.press("help")
    await home.wait(minutes=1)


async def help_received(home: House) -> None:
    await home.wait(minutes=30)
    await home.press("help")
    await home.receive("case", {"state": "opened", "kind": "emergency", "episode": _episode(home)})


async def help_taken(home: House) -> None:
    await help_received(home)
    await home.hold(_episode(home))


async def help_just_called(home: House) -> None:
    """The daughter was told, the son could not be reached, and it may still be taken back."""
    family = Family(home)
    await family.agree()
    await family.add("민지")
    son = await family.add("준호")
    son.works = False
    await home.press("help")


async def seen(home: House) -> None:
    await help_taken(home)
    await home.handled(_episode(home), "seen_well")


async def no_consent(home: House) -> None:
    consent = {**home.entry.data["consent"], "items": []}
    home.hass.config_entries.async_update_entry(
        home.entry, data={**home.entry.data, "consent": consent}
    )
    await home.settle()


async def not_ready(home: House) -> None:
    await home.stop()


SCENES: tuple[Scene, ...] = (
    calm,
    dim,
    blind,
    away,
    quiet,
    knock,
    visit,
    visit_taken,
    nobody_opened,
    help_on_its_way,
    help_received,
    help_taken,
    help_just_called,
    seen,
    no_consent,
    not_ready,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_the_picture_of_a_home(
    home: House, snapshot: SnapshotAssertion, scene: Scene
) -> None:
    await scene(home)
    picture = {"now": home.now.isoformat(), "home": {**picture_of(home.entry), "id": "the-entry"}}
    assert _about(picture) == snapshot(extension_class=JSONSnapshotExtension)


def _about(value: Any) -> Any:
    """Moments to five minutes: the relay takes as many seconds as it takes."""
    if isinstance(value, dict):
        return {key: _about(inner) for key, inner in value.items()}
    moment = dt_util.parse_datetime(value) if isinstance(value, str) else None
    if moment is None:
        return value
    return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0).isoformat()
