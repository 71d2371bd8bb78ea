"""Log lines as JSON objects on standard error.

Pseudonyms and counts only: never a name, never a body.
"""

from datetime import UTC, datetime
import logging
import sys
from typing import override

from aiohttp.http_exceptions import HttpProcessingError
import orjson

_PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "t": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "what": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _PLAIN}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def _of_ours(record: logging.LogRecord) -> bool:
    """What strangers send that is no HTTP, or do not send to its end, is no fault of ours.

    aiohttp names whoever asked: that is not for the log either.
    """
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = "a request could not be answered", ()
    return not isinstance(error, (HttpProcessingError, ConnectionError))


def start_logging() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # aiohttp's access log would name addresses and sessions
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.server").addFilter(_of_ours)
