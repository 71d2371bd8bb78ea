"""Hypothesis strategies made from the schemas: any event the contract allows, strange members too.

It knows the keywords that our schemas use, and says so when it meets another.
"""

from collections.abc import Callable, Iterator
from functools import cache
import re
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st

from .contract_files import Json, faults, schemas

KEYWORDS = {
    *("$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "examples"),
    *("type", "const", "enum", "pattern", "format", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "required", "properties", "items", "minItems", "maxItems", "uniqueItems"),
    *("allOf", "if", "then", "else", "not"),
}
LARGEST = 2**31 - 1

# conditions of a schema are met by drawing again, and two cores may be busy with other things
drawn = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=4,
)


@st.composite
def events(draw: st.DrawFn, kind: str) -> Json:
    """An event of this kind, with an attribute and a member that nobody knows."""
    event: Json = draw(_of_kind(kind))
    strange = draw(st.dictionaries(st.from_regex(r"x[a-z0-9]{1,12}", fullmatch=True), st.text()))
    members = draw(st.dictionaries(st.from_regex(r"x_[a-z]{1,12}", fullmatch=True), any_json))
    return {**strange, **event, "data": {**members, **event["data"]}}


@cache
def _of_kind(kind: str) -> st.SearchStrategy[Any]:
    return _all_of([schemas()[kind]]).filter(lambda made: faults(kind, made) == set())


def _all_of(several: list[Json]) -> st.SearchStrategy[Any]:
    """What satisfies all of these at once, conditions aside: `events` filters by those."""
    parts = [part for schema in several for part in _parts(schema)]
    fixed = [part["const"] for part in parts if "const" in part]
    if fixed:
        return st.just(fixed[0])
    if words := [part["enum"] for part in parts if "enum" in part]:
        return st.sampled_from(words[0])
    types = {one for part in parts if "type" in part for one in _types(part)}
    return st.one_of([_maker(name)(parts) for name in sorted(types)]) if types else any_json


def _parts(schema: Json) -> Iterator[Json]:
    """A schema taken apart: what it refers to and combines, and both arms of its conditions."""
    if unknown := schema.keys() - KEYWORDS:
        raise LookupError(f"teach this module {sorted(unknown)}")
    if "$ref" in schema:
        yield from _parts(_referred(schema["$ref"]))
    for part in schema.get("allOf", []):
        yield from _parts(part)
    for arm in ("then", "else"):
        for part in _parts(schema[arm]) if arm in schema else ():
            yield {name: value for name, value in part.items() if name != "required"}
    yield schema


def _referred(reference: str) -> Json:
    name, _, place = reference.removeprefix("urn:anshim:schema:").partition(":1.0")
    found: Json = schemas()[name]
    for step in filter(None, place.removeprefix("#").split("/")):
        found = found[step]
    return found


def _types(part: Json) -> list[str]:
    named = part["type"]
    return named if isinstance(named, list) else [named]


def _object(parts: list[Json]) -> st.SearchStrategy[Any]:
    properties: dict[str, list[Json]] = {}
    for part in parts:
        for name, schema in part.get("properties", {}).items():
            properties.setdefault(name, []).append(schema)
    required = {name for part in parts for name in part.get("required", [])}
    made = {name: _all_of(schemas) for name, schemas in properties.items()}
    optional = {name: one for name, one in made.items() if name not in required}
    needed = {name: one for name, one in made.items() if name in required}
    return st.fixed_dictionaries(made) | st.fixed_dictionaries(needed, optional=optional)


def _string(parts: list[Json]) -> st.SearchStrategy[Any]:
    patterns = [part["pattern"] for part in parts if "pattern" in part]
    if not patterns:
        smallest = max((part.get("minLength", 0) for part in parts), default=0)
        largest = min(part.get("maxLength", 64) for part in parts)
        return st.text(min_size=smallest, max_size=min(largest, 64))
    # Python's `$` also matches before a line's end; the contract's is the end (ECMA 262)
    first = st.from_regex(_short(patterns[0]).removesuffix("$") + r"\Z")
    longest = min(part.get("maxLength", LARGEST) for part in parts)
    return first.filter(
        lambda text: len(text) <= longest and all(re.search(one, text) for one in patterns)
    )


def _short(pattern: str) -> str:
    """The same words, but not the longest: a hundred letters are slow to draw and prove no more."""
    return re.sub(r"\{([0-9]),[0-9]{2,}\}", lambda m: f"{{{m[1]},{int(m[1]) + 6}}}", pattern)


def _integer(parts: list[Json]) -> st.SearchStrategy[Any]:
    smallest = max(part.get("minimum", -LARGEST) for part in parts)
    largest = min(part.get("maximum", LARGEST) for part in parts)
    return st.integers(smallest, largest)


def _number(parts: list[Json]) -> st.SearchStrategy[Any]:
    above = [part["exclusiveMinimum"] for part in parts if "exclusiveMinimum" in part]
    smallest = max([part.get("minimum", 0) for part in parts] + above)
    largest = min(part.get("maximum", LARGEST) for part in parts)
    return st.floats(smallest, largest, exclude_min=bool(above)) | st.integers(
        smallest + bool(above), largest
    )


def _array(parts: list[Json]) -> st.SearchStrategy[Any]:
    items = [part["items"] for part in parts if "items" in part]
    smallest = max(part.get("minItems", 0) for part in parts)
    largest = min(part.get("maxItems", smallest + 3) for part in parts)
    unique = any(part.get("uniqueItems") for part in parts)
    element = _all_of(items)
    return st.lists(element, min_size=smallest, max_size=min(largest, smallest + 3), unique=unique)


def _maker(name: str) -> Callable[[list[Json]], st.SearchStrategy[Any]]:
    return {
        "object": _object,
        "string": _string,
        "integer": _integer,
        "number": _number,
        "array": _array,
        "boolean": lambda _: st.booleans(),
        "null": lambda _: st.none(),
    }[name]
