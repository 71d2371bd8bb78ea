"""A person's and a technician's hands on Home Assistant.

Its REST and websocket interfaces, and its config flows as the frontend walks them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import httpx

type Json = dict[str, Any]


class FlowRefusedError(RuntimeError):
    """A config flow did not go where it should; the message has what Home Assistant said."""


@dataclass(kw_only=True)
class HomeAssistantClient:
    """Speaks to one Home Assistant with one token."""

    url: str
    token: str
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        answer = self._http.post(path, json=body)
        if answer.is_error:
            raise FlowRefusedError(f"POST {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def delete(self, path: str) -> None:
        self._http.delete(path).raise_for_status()

    def state(self, entity_id: str) -> str | None:
        """The entity's state; None while there is none or nobody answers."""
        found = self.entity(entity_id)
        return found["state"] if found else None

    def entity(self, entity_id: str) -> Json | None:
        try:
            answer = self._http.get(f"/api/states/{entity_id}")
        except httpx.TransportError:
            return None
        if answer.status_code != httpx.codes.OK:
            return None
        found: Json = answer.json()
        return found

    def act(self, action: str, **data: object) -> Any:
        """Call an action such as `button.press`."""
        domain, name = action.split(".")
        return self.post(f"/api/services/{domain}/{name}", data)

    def commands(self, *messages: Json) -> list[Any]:
        """Run websocket commands in order."""
        # In a thread of its own: the browser tests' thread already has a running loop.
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(lambda: asyncio.run(self._commands(messages))).result()

    async def _commands(self, messages: Sequence[Json]) -> list[Any]:
        results = []
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0) as socket,
        ):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            await socket.receive_json()
            for number, message in enumerate(messages, 1):
                await socket.send_json({"id": number, **message})
                results.append(await self._result(socket, number))
        return results

    @staticmethod
    async def _result(socket: aiohttp.ClientWebSocketResponse, number: int) -> Any:
        while True:
            answer = await socket.receive_json()
            if answer.get("id") != number or answer["type"] != "result":
                continue
            if not answer["success"]:
                raise FlowRefusedError(str(answer["error"]))
            return answer["result"]


@dataclass(kw_only=True)
class Flow:
    """One config or subentry flow, walked step by step as the frontend does it."""

    client: HomeAssistantClient
    path: str
    now: Json

    @classmethod
    def begin(cls, client: HomeAssistantClient, handler: object, *, path: str = "flow") -> Flow:
        base = f"/api/config/config_entries/{path}"
        return cls(client=client, path=base, now=client.post(base, {"handler": handler}))

    def answer(self, step: str, given: Mapping[str, object]) -> Flow:
        """Fill in the form that is shown; it must be the step that is named."""
        if self.now["type"] not in {"form", "menu"} or self.now["step_id"] != step:
            raise FlowRefusedError(f"expected the form {step!r}, got {self.now}")
        self.now = self.client.post(f"{self.path}/{self.now['flow_id']}", given)
        if self.now.get("errors"):
            raise FlowRefusedError(f"the form {step!r} was refused: {self.now['errors']}")
        return self

    def look(self) -> Flow:
        """What is shown by now, where a page goes on by itself."""
        self.now = self.client.get(f"{self.path}/{self.now['flow_id']}")
        return self

    @property
    def fields(self) -> set[str]:
        """The fields of the form that is shown."""
        return {field["name"] for field in self.now.get("data_schema") or ()}

    def created(self) -> Json:
        """The entry that the last step made."""
        if self.now["type"] != "create_entry":
            raise FlowRefusedError(f"no entry was made: {self.now}")
        result: Json = self.now.get("result", self.now)
        return result
