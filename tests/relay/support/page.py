"""A browser of few words before the page: gets it, posts what its forms hold, reads."""

import re
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.relay.support.process import RelayProcess

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Answer:
    def __init__(self, response: aiohttp.ClientResponse, text: str) -> None:
        self.status = response.status
        self.headers = response.headers
        self.cookies = response.cookies
        self.html = text

    @property
    def text(self) -> str:
        """As it is read: without tags, with single spaces."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.html).split())


class PageReader:
    def __init__(self, relay: RelayProcess, **headers: str) -> None:
        self._relay = relay
        self._headers = {"Accept-Language": "en"} | headers
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        port = (await self._relay.said("page_served"))["port"]
        self._http = aiohttp.ClientSession(f"http://127.0.0.1:{port}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._http is not None
        await self._http.close()

    async def get(self, path: str = "/", **headers: str) -> Answer:
        return await self.ask("GET", path, headers=headers)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        return await self.ask("POST", path, headers=headers, data=fields)

    async def send(self, path: str, **fields: str) -> Answer:
        """With the token that the page holds."""
        found = TOKEN.search((await self.get()).html)
        assert found is not None
        return await self.post(path, {"csrf": found[1]} | fields)

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str], data: Any = None
    ) -> Answer:
        assert self._http is not None
        async with self._http.request(
            method, path, headers=self._headers | headers, data=data, allow_redirects=False
        ) as response:
            return Answer(response, await response.text())
