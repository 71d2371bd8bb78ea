"""A technician's hands on the flows: menus, forms, and the pages that tick themselves."""

from contextlib import suppress
from typing import Any, Self

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.data_entry_flow import FlowManager, FlowResultType, UnknownFlow

from tests.integration.house import DOMAIN, House


class Technician:
    """Walks through one flow at a time."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.now: Any = None
        self._flows: FlowManager[Any, Any, Any] = house.hass.config_entries.subentries

    async def adds_a_source(self) -> Self:
        return await self._begins(
            self.house.hass.config_entries.subentries,
            (self.house.entry_id, "source"),
            {"source": SOURCE_USER},
        )

    async def changes(self, source: str) -> Self:
        """A source, by the entity it follows."""
        key = self.house.source_of(source)
        return await self._begins(
            self.house.hass.config_entries.subentries,
            (self.house.entry_id, "source"),
            {"source": SOURCE_RECONFIGURE, "subentry_id": key},
        )

    async def opens_the_household(self) -> Self:
        return await self._begins(
            self.house.hass.config_entries.flow,
            DOMAIN,
            {"source": SOURCE_RECONFIGURE, "entry_id": self.house.entry_id},
        )

    async def _begins(self, flows: FlowManager[Any, Any, Any], handler: Any, context: Any) -> Self:
        self._flows = flows
        self.now = await flows.async_init(handler, context=context)
        return self

    async def picks(self, option: str) -> Self:
        """A line of a menu."""
        assert option in self.now["menu_options"], self.now["menu_options"]
        return await self.fills(next_step_id=option)

    async def fills(self, **answers: object) -> Self:
        self.now = await self._flows.async_configure(self.now["flow_id"], answers)
        await self.house.settle()
        return self

    async def looks(self) -> Self:
        """What the page shows by now."""
        await self.house.settle()
        self.now = await self._flows.async_configure(self.now["flow_id"])
        return self

    async def chooses_by_hand(self, role: str, entity_id: str, **about: str) -> Self:
        """As far as the walk test, unless it is refused."""
        await self.reaches_about(role, entity_id)
        if self.step == "about":
            await self.fills(**about)
        return self

    async def reaches_about(self, role: str, entity_id: str) -> Self:
        await self.adds_a_source()
        await self.picks("by_hand")
        await self.fills(role=role)
        return await self.fills(entity=entity_id)

    def closes_the_page(self) -> None:
        with suppress(UnknownFlow):
            if self.now is not None:
                self._flows.async_abort(self.now["flow_id"])

    @property
    def step(self) -> str:
        step: str = self.now["step_id"]
        return step

    @property
    def shown(self) -> dict[str, str]:
        """What is filled in on the page."""
        return dict(self.now["description_placeholders"])

    @property
    def options(self) -> dict[str, str]:
        """The labels of the only list on the page, by value, in their order."""
        (selector,) = [s for s in self.now["data_schema"].schema.values() if "options" in s.config]
        return {option["value"]: option["label"] for option in selector.config["options"]}

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the page, with what is suggested for them."""
        return {
            str(key): (key.description or {}).get("suggested_value")
            for key in self.now["data_schema"].schema
        }

    @property
    def is_done(self) -> bool:
        return self.now["type"] in {FlowResultType.CREATE_ENTRY, FlowResultType.ABORT}
