"""Finds schemas and examples and says what a schema refuses; all tests here use it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry, Resource

CONTRACT = Path(__file__).parents[2] / "contract"
SCHEMAS = CONTRACT / "schemas"
EXAMPLES = CONTRACT / "examples"

type Json = dict[str, Any]

REASONS = {
    "required": "missing",
    "type": "type",
    "enum": "value",
    "const": "value",
    "pattern": "format",
    "format": "format",
    "minimum": "range",
    "maximum": "range",
    "exclusiveMinimum": "range",
    "minLength": "size",
    "maxLength": "size",
    "minItems": "size",
    "maxItems": "size",
    "not": "forbidden",
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong, in the words of README 9."""

    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """One golden file: an event or a body, and why it is refused if it is."""

    schema: str
    path: Path
    content: Json
    because: Fault | None = None

    @property
    def name(self) -> str:
        return f"{self.schema}/{self.path.stem}"


def read(path: Path) -> Json:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise TypeError(f"{path} should hold one JSON object")
    return content


@cache
def schemas() -> dict[str, Json]:
    return {path.stem: read(path) for path in sorted(SCHEMAS.glob("*.json"))}


def kinds() -> list[str]:
    """The schemas that fix a `type`: each is one kind of event."""
    return [
        name
        for name, schema in schemas().items()
        if "const" in schema.get("properties", {}).get("type", {})
    ]


def kinds_up() -> dict[str, str]:
    """Kind and priority of everything a home or its relay says."""
    priorities = {
        kind: schemas()[kind]["properties"].get("priority", {}).get("const") for kind in kinds()
    }
    return {kind: priority for kind, priority in priorities.items() if priority}


@cache
def accepted() -> list[Example]:
    return [
        Example(schema=path.parent.name, path=path, content=read(path))
        for path in sorted((EXAMPLES / "accepted").glob("*/*.json"))
    ]


@cache
def refused() -> list[Example]:
    return [_refused(path) for path in sorted((EXAMPLES / "refused").glob("*/*.json"))]


def _refused(path: Path) -> Example:
    content = read(path)
    return Example(
        schema=path.parent.name,
        path=path,
        content=content["event"] if "event" in content else content["body"],
        because=Fault(**content["because"]),
    )


def accepted_events() -> list[Example]:
    return [example for example in accepted() if example.schema in {*kinds(), "envelope"}]


def refused_events() -> list[Example]:
    return [example for example in refused() if example.schema in {*kinds(), "envelope"}]


def faults(schema: str, content: object) -> set[Fault]:
    """Everything the schema finds wrong, each at its field; empty when the content is accepted."""
    return {fault for error in _validator(schema).iter_errors(content) for fault in _named(error)}


def _named(error: ValidationError) -> Iterator[Fault]:
    place = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        instance: Any = error.instance
        wanted: Any = error.validator_value
        for name in wanted:
            if name not in instance:
                yield Fault(field=_pointer([*place, name]), reason="missing")
    else:
        yield Fault(field=_pointer(place), reason=REASONS[str(error.validator)])


def _pointer(parts: list[str]) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


@cache
def _validator(schema: str) -> Draft202012Validator:
    registry: Registry[bool | Mapping[str, Any]] = Registry().with_resources(
        (known["$id"], Resource.from_contents(known)) for known in schemas().values()
    )
    return Draft202012Validator(schemas()[schema], registry=registry, format_checker=_formats())


def _formats() -> FormatChecker:
    """The calendar: `date-time` is otherwise checked only with one more package."""
    checker = FormatChecker(formats=())
    checker.checks("date-time", raises=ValueError)(_is_a_moment)
    return checker


def _is_a_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None
