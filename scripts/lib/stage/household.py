"""The household in Home Assistant: set up through its config flows, used through its entities."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stage.ha_client import Flow, HomeAssistantClient
from stage.waiting import until

DOMAIN = "anshim_knock"
CONSENTED = {
    "life_signs": True,
    "sensitive": True,
    "third_party": True,
    "emergency_contact": True,
    "recorded_by": "technician",
}


@dataclass(frozen=True, kw_only=True)
class Times:
    """What the technician fills in about when somebody is asked."""

    limit_hours: float = 1
    ceiling_margin_hours: float = 2
    knock_after_minutes: int = 10
    visit_after_minutes: int = 20

    def as_form(self) -> dict[str, str | float]:
        return {
            "limit_mode": "fixed",
            "limit_hours": self.limit_hours,
            "ceiling_margin_hours": self.ceiling_margin_hours,
            "knock_after_minutes": self.knock_after_minutes,
            "visit_after_minutes": self.visit_after_minutes,
        }


def set_up(
    client: HomeAssistantClient, *, household: str, relay_url: str, token: str, times: Times
) -> str:
    """Walk the technician's flow: consent, relay, household. Gives the entry's id."""
    flow = Flow.begin(client, DOMAIN)
    flow.answer("user", CONSENTED)
    flow.answer("relay", {"url": relay_url, "token": token})
    flow.answer("household", {"household": household, **times.as_form()})
    entry_id: str = flow.created()["entry_id"]
    return entry_id


@dataclass(frozen=True, kw_only=True)
class SourceToBe:
    """A thing in the home: which entity shows it, and how somebody uses it."""

    role: str
    entity_id: str
    name: str
    use: Callable[[], None]


def add_source(client: HomeAssistantClient, entry_id: str, thing: SourceToBe) -> None:
    """Walk the flow that adds a source: found in the home, described, used once, proved."""
    flow = Flow.begin(client, [entry_id, "source"], path="subentries/flow")
    flow.answer("user", {"next_step_id": "found"})
    flow.answer("found", {"entity": thing.entity_id})
    asked = {"role": thing.role} if "role" in flow.fields else {}
    flow.answer("about", {"name": thing.name, **asked})
    thing.use()
    until(lambda: flow.look().now["step_id"] == "seen", f"{thing.name} to be seen in use")
    flow.answer("seen", {}).created()


@dataclass(frozen=True, kw_only=True)
class Household:
    """What a resident sees of it, and the buttons to press."""

    id: str
    client: HomeAssistantClient
    entities: Mapping[str, str]
    device_id: str

    @classmethod
    def found_in(cls, client: HomeAssistantClient, household: str, *, sources: int) -> Household:
        """Look its entities up: ids depend on Home Assistant's language, keys do not."""
        registered = until(
            lambda: _entities(client, household, sources),
            f"the household's entities, with {sources} sources, to be there",
        )
        own = {key: entity["entity_id"] for key, entity in registered.items()}
        device = registered["stage"]["device_id"]
        return cls(id=household, client=client, entities=own, device_id=device)

    def state(self, key: str) -> str | None:
        return self.client.state(self.entities[key])

    def attribute(self, key: str, name: str) -> Any:
        return self.attributes(key).get(name)

    def attributes(self, key: str) -> dict[str, Any]:
        """None of them while the entity is not there."""
        found = self.client.entity(self.entities[key])
        attributes: dict[str, Any] = found["attributes"] if found else {}
        return attributes

    @property
    def stage(self) -> str | None:
        return self.state("stage")

    def moment(self, key: str) -> datetime | None:
        """What a timestamp entity shows."""
        shown = self.state(key)
        if shown in {None, "unknown", "unavailable"}:
            return None
        return datetime.fromisoformat(str(shown))

    def until_stage(self, *wanted: str, within: float = 60.0) -> str:
        """Wait for one of the stages; who waits knows which."""
        return until(
            lambda: found if (found := self.stage) in wanted else None,
            f"the stage {' or '.join(wanted)}",
            within=within,
        )

    def press(self, key: str) -> None:
        self.client.act("button.press", entity_id=self.entities[key])


def _entities(client: HomeAssistantClient, household: str, sources: int) -> dict[str, Any] | None:
    """Each source that was added set the household up anew: wait for the last time."""
    (every,) = client.commands({"type": "config/entity_registry/list"})
    start = f"{household}_"
    own = {
        entity["unique_id"].removeprefix(start): entity
        for entity in every
        if entity["platform"] == DOMAIN and entity["unique_id"].startswith(start)
    }
    live = [key for key in own if key.endswith("_liveness")]
    wanted = [key for key in own if key == "stage" or key in live]
    there = all(client.state(own[key]["entity_id"]) not in {None, "unavailable"} for key in wanted)
    return own if "stage" in own and len(live) == sources and there else None
