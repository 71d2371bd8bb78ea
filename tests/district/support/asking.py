"""Asks a district anything, by schemathesis: what its documents allow, and what they do not.

The kits' side by the document that is served; the console by one made of its routes and of what
its own pages name. Nobody is told how to answer well: only that no answer is an error of ours, and
that each is one of those that are written down.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
import requests
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.contract_files import kinds
from tests.contract.generated import events
from tests.district.support.doors import Doors, Signed
from tests.district.support.kit import Json

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# what the console may answer: a page, another page, or no in words
_ANSWERED: Final = (200, 201, 303, 400, 401, 403, 404, 405, 409, 413)
_QUERIES: Final[dict[str, list[str]]] = {"month": ["2026-11", "9999-12"], "q": ["김"], "to": ["/"]}
_EVENTS: Final = st.sampled_from(kinds()).flatmap(events)
_OF_EVENTS: Final = frozenset({"/v1/events", "/v1/hello", "/v1/heartbeats"})
_OUTSIDE: Final = 4
_MODES: Final = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)


@dataclass(kw_only=True)
class Asked:
    """What was answered to what was asked, and what should not have been."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.answers.total()


def ask_anything(doors: Doors, *, examples: int, number: int) -> Asked:
    """So many questions to each operation of the console, more to what the whole world may reach.

    The same `number` asks the same.
    """
    asked = Asked()
    with requests.Session() as session:
        documents = (served_document(doors), _OUTSIDE), (console_document(doors), 1)
        for document, times in documents:
            schema = schemathesis.openapi.from_dict(document)
            for operation in schema.get_all_operations():
                assert isinstance(operation, Ok), operation
                _ask(doors, session, operation.ok(), asked, (examples * times, number))
    return asked


def served_document(doors: Doors) -> Json:
    document: Json = doors.kit.client.get("/v1/openapi.json").json()
    return document


def console_document(doors: Doors) -> Json:
    console = doors.console()
    paths: Json = {}
    for method, path in console.routes:
        places = {n: place for n, place in console.places.items() if f"{{{n}}}" in path}
        operation: Json = {
            "operationId": f"{method} {path}",
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": _like([place], least=1)}
                for name, place in places.items()
            ],
            "responses": {str(status): {"description": ""} for status in _ANSWERED},
        }
        if method == "GET":
            operation["parameters"] += [
                {"name": name, "in": "query", "schema": _like(values)}
                for name, values in _QUERIES.items()
            ]
        else:
            fields = console.forms.fields_of(path)
            form = {
                "type": "object",
                "properties": {name: _like(values) for name, values in fields.items()},
                "required": sorted(fields),
            }
            content = {"application/x-www-form-urlencoded": {"schema": form}}
            operation["requestBody"] = {"content": content}
        paths.setdefault(path, {})[method.lower()] = operation
    info = {"title": "console", "version": "1"}
    return {"openapi": "3.1.0", "info": info, "paths": paths}


def _like(values: Sequence[str], *, least: int = 0) -> Json:
    """One of these, or another text."""
    text = {"type": "string", "minLength": least}
    return {"anyOf": [{"enum": list(values)}, text]} if values else text


def _ask(
    doors: Doors, session: requests.Session, operation: Any, asked: Asked, size: tuple[int, int]
) -> None:
    examples, number = size
    name = f"{operation.method.upper()} {operation.path}"

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in _MODES]),
        how=st.sampled_from([*Signed, Signed.RIGHT]),
        event=_EVENTS if operation.path in _OF_EVENTS else st.just({}),
    )
    def one(case: Any, how: Signed, event: Json) -> None:
        if case.path in {"/v1/reach/callbacks", "/v1/evidence/{sender}"}:
            dress = doors.dress_carrier(case, how)
        elif case.path.startswith("/v1/"):
            dress = doors.dress_kit(case, how, event)
        else:
            dress = doors.dress_staff(case, how)
        if case.path == "/v1/downlink" and case.query:
            case.query.pop("wait", None)
        answer = case.call(doors.district.url, session, allow_redirects=False, timeout=30, **dress)
        session.cookies.clear()
        asked.answers[name, answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as error:
            asked.findings[f"{name} {answer.status_code}"] = str(error)

    one()
