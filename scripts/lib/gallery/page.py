"""Makes the gallery: each blueprint with its import link, what it is for, and what is filled in."""

from collections.abc import Iterator, Mapping, Sequence
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import quote

import yaml

from made_pages import ROOT, written

FOLDER = Path(__file__).parent
BLUEPRINTS = ROOT / "blueprints/automation/anshim_knock"
PAGES: Mapping[str, Path] = {
    "en": ROOT / "docs/blueprints.md",
    "ko": ROOT / "docs/ko/blueprints.md",
}
# Opens the import page of the reader's own Home Assistant.
_IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
type Words = Mapping[str, str]

_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]")


class _Loader(yaml.SafeLoader):
    """Home Assistant's own tags are nobody's business here."""


def _passed_over(_loader: yaml.SafeLoader, _suffix: str, _node: yaml.Node) -> None:
    """`!input` and the like."""


_Loader.add_multi_constructor("!", _passed_over)


def page(language: str) -> str:
    """The whole page."""
    words: Words = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    parts = [f"# {words['title']}", "", words["intro"], ""]
    for path in sorted(BLUEPRINTS.glob("*.yaml")):
        parts += [*_blueprint(path, language, words), ""]
    return "\n".join(parts)


def _blueprint(path: Path, language: str, words: Words) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    found = yaml.load(text, Loader=_Loader)["blueprint"]  # noqa: S506 -- it is a safe loader
    name = _in(language, found["name"]).removeprefix("안심 똑똑: ")
    yield f"## {name[:1].upper()}{name[1:]}"
    yield ""
    yield f"[**{words['load']}**]({_IMPORT}{quote(found['source_url'], safe='')}) · `{path.name}`"
    yield ""
    yield _in(language, found["description"])
    yield ""
    yield words["columns"]
    yield "|---|---|---|"
    for given in found["input"].values():
        yield _row(given, language, words)


def _row(given: Mapping[str, Any], language: str, words: Words) -> str:
    need = words["optional"] if "default" in given else words["needed"]
    name, meaning = (_in(language, given[key]) for key in ("name", "description"))
    return f"| {name} | {need} | {meaning} |"


def _in(language: str, text: str) -> str:
    """The part in this language: texts hold both, parted by a dot or by an empty line."""
    parts = [" ".join(part.split()) for part in re.split(r" · |\n\s*\n|\n(?=\S)", text.strip())]
    korean = language == "ko"
    return " ".join(part for part in parts if part and _is_korean(part) is korean)


def _is_korean(part: str) -> bool:
    """Mostly: each may name a word of the other. A syllable is about two letters."""
    return 2 * len(_HANGUL.findall(part)) > len(_LATIN.findall(part))


def main(arguments: Sequence[str]) -> int:
    """Writes both pages, or only compares them."""
    return written("scripts/blueprint-gallery", PAGES, page, arguments)
