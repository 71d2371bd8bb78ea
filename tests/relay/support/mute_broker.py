"""A broker that says what it is given to say, and then nothing more."""

import asyncio
from contextlib import suppress

# After the leave to listen: a message with such a property.
LEAVE = bytes.fromhex("90 04 00 01 00 01")
NONSENSE_LATER = bytes.fromhex("30 06 00 01 61 02 ff 00")
WELCOME = bytes.fromhex("20 03 00 00 00")
# A greeting with a property that MQTT does not know: paho's thread dies of it, without a word.
NONSENSE = bytes.fromhex("20 05 00 00 02 ff 00")


class MuteBroker:
    """Says what it is given to say, to each packet that comes one; then nothing more."""

    def __init__(self, *says: bytes) -> None:
        self._says = says
        self.came = 0
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        with suppress(ConnectionError):
            for word in self._says:
                await reader.read(1024)
                writer.write(word)
            while await reader.read(1024):
                pass
        writer.close()
