"""Events through the public CloudEvents library and back, as a stranger would read them."""

from datetime import datetime
import json
from typing import Any

from cloudevents.core.formats.json import JSONFormat

from .contract_files import Json


def through_the_public_library(event: Json) -> Json:
    """To JSON, into the library, out of it again."""
    library = JSONFormat()
    parsed = library.read(None, json.dumps(event).encode())
    written: Json = json.loads(library.write(parsed))
    return written


def same(event: Json, other: Json) -> bool:
    """Equal to the microsecond: the library writes times in a spelling of its own."""
    return _with_moment(event) == _with_moment(other)


def _with_moment(event: Json) -> dict[str, Any]:
    moment = {"time": datetime.fromisoformat(event["time"])} if "time" in event else {}
    return {**event, **moment}
