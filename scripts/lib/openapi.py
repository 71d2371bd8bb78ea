"""The district's OpenAPI document: paths of its kits' side, and the contract's schemas as they are.

`scripts/openapi` writes it into the app, which serves it; a test says whether it is current.
OpenAPI 3.1 takes JSON Schema whole: a reference by the schema's own name stays what it is.
"""

import json
from pathlib import Path
import re
import sys
from typing import Any, Final

import msgspec

from made_pages import ROOT, written

SCHEMAS: Final = ROOT / "contract/schemas"
DOCUMENT: Final = ROOT / "addon/district/src/anshim_district/static/openapi.json"
_USED: Final = (
    "common", "envelope", "problem", "enrolment", "enrolled", "hello_request", "hello_answer",
    "events_request", "events_answer", "heartbeat", "heartbeat_answer", "downlink_answer",
)  # fmt: skip
_REFUSED: Final = ("400", "401", "403", "404", "409", "410", "413", "415", "503")

# Standard Webhooks
_SIGNED: Final = tuple(
    {"name": f"webhook-{name}", "in": "header", "required": True, "schema": {"type": "string"}}
    for name in ("id", "timestamp", "signature")
)

type Json = dict[str, Any]


def _content(schema: str, kind: str = "application/json") -> Json:
    return {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _operation(name: str, answer: str | None, *, status: str = "200", asked: str = "") -> Json:
    answers: Json = {
        code: {
            "description": "What is wrong, and what to do (RFC 9457).",
            "content": _content("problem", "application/problem+json"),
        }
        for code in _REFUSED
    }
    answers[status] = {"description": name}
    if answer:
        answers[status]["content"] = _content(answer)
    made: Json = {"operationId": name, "responses": dict(sorted(answers.items()))}
    if asked:
        made["requestBody"] = {"required": True, "content": _content(asked)}
    return made


def _query(name: str, most: int) -> Json:
    schema = {"type": "integer", "minimum": 0, "maximum": most, "default": 0}
    return {"name": name, "in": "query", "schema": schema}


def _by_others() -> tuple[Json, Json]:
    """What others send us is no part of the contract: the program's own types say how."""
    sys.path.insert(0, str(ROOT / "addon/district/src"))
    from anshim_district.intake.evidence import Evidence  # noqa: PLC0415 - found from here on
    from anshim_district.reach.callbacks import Callback  # noqa: PLC0415 - the same
    from anshim_district.reach.centre import CentreAnswer  # noqa: PLC0415 - the same

    _, schemas = msgspec.json.schema_components(
        [Callback, CentreAnswer, Evidence], ref_template="#/components/schemas/{name}"
    )
    # Python's own word for the end
    mended: Json = json.loads(json.dumps(schemas).replace(r"\\Z", "$"))
    callbacks = _operation("callbacks", None, status="204", asked="Callback")
    callbacks["parameters"] = list(_SIGNED)
    evidence = _operation("evidence", None, asked="Evidence")
    evidence["parameters"] = [
        {"name": "sender", "in": "path", "required": True, "schema": {"type": "string"}},
        *_SIGNED,
    ]
    answers = _operation("centre_answers", None, asked="CentreAnswer")
    answers["parameters"] = list(_SIGNED)
    return {
        "/v1/centre/answers": {"post": answers},
        "/v1/reach/callbacks": {"post": callbacks},
        "/v1/evidence/{sender}": {"post": evidence},
    }, mended


def _version() -> str:
    """The contract's, as its page says it."""
    page = (ROOT / "contract/README.md").read_text(encoding="utf-8")
    said = re.search(r"^# .*?(\d+\.\d+)", page, re.MULTILINE)
    if said is None:
        raise ValueError("The heading of contract/README.md names no version.")
    return said[1]


def document() -> Json:
    session: Json = {"security": [{"session": []}]}
    down = _operation("downlink", "downlink_answer") | session
    down["parameters"] = [_query("after", 2**31 - 1), _query("wait", 55)]
    by_others, schemas = _by_others()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Anshim Knock, the district's side for kits",
            "version": _version(),
            "description": "The contract's own page is the authority; this is its form for tools.",
        },
        "paths": {
            "/v1/health": {"get": _operation("health", None)},
            "/v1/enrolments": {
                "post": _operation("enrolments", "enrolled", status="201", asked="enrolment")
            },
            "/v1/hello": {"post": _operation("hello", "hello_answer", asked="hello_request")},
            "/v1/events": {"post": _operation("events", "events_answer", asked="events_request")},
            "/v1/heartbeats": {
                "post": _operation("heartbeats", "heartbeat_answer", asked="heartbeat") | session
            },
            "/v1/downlink": {"get": down},
            **by_others,
            "/v1/openapi.json": {"get": _operation("openapi", None)},
        },
        "components": {
            "schemas": {
                name: json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
                for name in _USED
            }
            | schemas,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _made(_language: str) -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    pages: dict[str, Path] = {"en": DOCUMENT}
    return written("scripts/openapi", pages, _made, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
