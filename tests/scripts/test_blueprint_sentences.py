"""Whatever a blueprint says or shows to a person has its twin in the other language."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

from jinja2 import Environment, nodes
import pytest
import yaml

BLUEPRINTS = sorted((Path(__file__).resolve().parents[2] / "blueprints").rglob("*.yaml"))
HANGUL, LATIN = re.compile("[가-힣]"), re.compile("[A-Za-z]")
# Two words, or one that begins like a sentence: names of events, states and settings are neither.
ENGLISH = re.compile(r"[A-Za-z’]{2,} [A-Za-z’]|(^|[“‘(: ])[A-Z][a-z’]")
# The product's own name, and the names of the languages, each in itself.
NAMES = {"Anshim Knock", "한국어", "English"}
EXPLAINED = {"name", "description", "label"}
# Of these no person reads the values.
PASSED_OVER = {"source_url", "author", "domain", "homeassistant"}

type Told = tuple[str, str]


class Loader(yaml.SafeLoader):
    """Home Assistant's own tags stand for what a technician fills in."""


Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def is_korean(text: str) -> bool:
    """Mostly: each may name a word of the other. A syllable is about two letters."""
    return 2 * len(HANGUL.findall(text)) > len(LATIN.findall(text))


def is_sentence(text: str) -> bool:
    return text.strip() not in NAMES and bool(HANGUL.search(text) or ENGLISH.search(text))


def languages(text: str) -> set[str]:
    """In which it says something; both, parted by a dot or an empty line, is as good as two."""
    parts = [part for part in re.split(r" · |\n+", text) if is_sentence(part)]
    return {"ko" if is_korean(part) else "en" for part in parts}


def untwinned(path: Path) -> list[Told]:
    """Where it stands, and what it says in one language only."""
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 -- safe
    return [*_explanations(found["blueprint"], "blueprint"), *_told(found, "")]


def _explanations(value: Any, where: str) -> Iterator[Told]:
    """A name of one word is one as well."""
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _explanations(inner, f"{where}[{number}]")
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key in EXPLAINED and isinstance(inner, str):
            parts = {is_korean(p) for p in re.split(r" · |\n+", inner) if p.strip()}
            if inner not in NAMES and len(parts) != 2:
                yield (f"{where}.{key}", inner)
        else:
            yield from _explanations(inner, f"{where}.{key}")


def _told(value: Any, where: str) -> Iterator[Told]:
    match value:
        case {"ko": korean, "en": english}:
            yield from _twins(_leaves(korean), _leaves(english), where)
        case dict():
            explained = EXPLAINED if where.startswith(".blueprint") else set()
            for key in value.keys() - PASSED_OVER - explained:
                yield from _told(value[key], f"{where}.{key}")
        case list() if not _understood(value):
            for number, inner in enumerate(value):
                yield from _told(inner, f"{where}[{number}]")
        case str():
            yield from ((where, said) for said in _said(value))


def _understood(words: list[Any]) -> bool:
    """Words that a person may say: some in each language."""
    spoken = [word for word in words if isinstance(word, str)]
    return {is_korean(word) for word in spoken} == {True, False}


def _said(text: str) -> Iterator[str]:
    if "{{" in text or "{%" in text:
        yield from _lonely(Environment(autoescape=True).parse(text))
    elif len(languages(text)) == 1:
        yield text


def _leaves(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {
            k: v for key, inner in value.items() for k, v in _leaves(inner, f"{path}.{key}").items()
        }
    return {path: str(value)}


def _twins(korean: dict[str, str], english: dict[str, str], where: str) -> Iterator[Told]:
    for key in korean.keys() ^ english.keys():
        yield (f"{where}{key}", (korean | english)[key])
    for key in korean.keys() & english.keys():
        if not HANGUL.search(korean[key]) or HANGUL.search(english[key]):
            yield (f"{where}{key}", f"{korean[key]} / {english[key]}")


def _lonely(node: nodes.Node) -> Iterator[str]:
    """Sentences of a template that are not one of two branches in two languages."""
    match node:
        case nodes.CondExpr(expr1=first, expr2=other) if _asks_language(node.test):
            yield from _branches([first], [other] if other else [])
        case nodes.If(body=body, else_=other) if _asks_language(node.test):
            yield from _branches(body, other)
        case nodes.Compare():
            # Words that are looked for, and shown to nobody.
            return
        case nodes.Const(value=str() as said) | nodes.TemplateData(data=said):
            if len(languages(said)) == 1:
                yield said.strip()
        case _:
            for inner in node.iter_child_nodes():
                yield from _lonely(inner)


def _asks_language(test: nodes.Node) -> bool:
    names = {
        name.name for name in [test, *test.find_all(nodes.Name)] if isinstance(name, nodes.Name)
    }
    return bool(names & {"ko", "language"})


def _branches(first: list[nodes.Node], other: list[nodes.Node]) -> Iterator[str]:
    """Each branch in a language of its own; what is no sentence needs no twin."""
    korean, english = (
        [said for node in branch for said in _sentences(node)] for branch in (first, other)
    )
    if bool(korean) is not bool(english):
        yield from korean or english
    yield from (said for said in korean if not HANGUL.search(said))
    yield from (said for said in english if HANGUL.search(said))


def _sentences(node: nodes.Node) -> Iterator[str]:
    for one in (node, *node.find_all((nodes.Const, nodes.TemplateData))):
        said = getattr(one, "value", None) or getattr(one, "data", None)
        if isinstance(said, str) and (is_sentence(said) or said.strip() in NAMES):
            yield said.strip()


@pytest.mark.parametrize("blueprint", BLUEPRINTS, ids=lambda path: str(path.stem))
def test_whatever_a_person_reads_or_hears_is_there_in_korean_and_in_english(
    blueprint: Path,
) -> None:
    assert untwinned(blueprint) == []


@pytest.mark.parametrize(
    "part",
    [
        "actions: [{message: 'Nobody answered at home.'}]",
        "actions: [{message: '집에서 대답이 없습니다.'}]",
        "actions: [{message: \"{{ who }}: {{ '끝났습니다.' }}\"}]",
        "actions: [{message: \"{{ '끝났습니다.' if ko else '' }}\"}]",
        "actions: [{message: \"{{ '끝났습니다.' if ko else '다 끝났습니다.' }}\"}]",
        "actions: [{message: \"{{ '끝났습니다.' if late else 'It is over.' }}\"}]",
        "actions: [{message: '{% if ko %}끝났습니다.{% endif %}'}]",
        "variables: {texts: {ko: {a: 끝}, en: {a: 끝}}}",
        "variables: {texts: {ko: {a: 끝, b: 또}, en: {a: Over}}}",
    ],
)
def test_a_sentence_without_its_twin_is_found(tmp_path: Path, part: str) -> None:
    path = tmp_path / "lonely.yaml"
    path.write_text(f"blueprint: {{}}\n{part}\n", encoding="utf-8")
    assert untwinned(path)


def test_an_explanation_in_one_language_is_found(tmp_path: Path) -> None:
    path = tmp_path / "lonely.yaml"
    path.write_text(
        "blueprint: {name: 알리기, input: {a: {name: 가구 · Household}}}\n", encoding="utf-8"
    )
    assert untwinned(path) == [("blueprint.name", "알리기")]
