"""The resident's page has words, in Korean and in English, for everything that can be shown."""

import json
from pathlib import Path
import re
from typing import Any

import pytest

from custom_components.anshim_knock.contacts.caller import COMING, SEEN
from custom_components.anshim_knock.logic.words import Answer, Presence, Stage, Watch
from custom_components.anshim_knock.resident.commands import PRESS, SUBSCRIBE
from custom_components.anshim_knock.resident.picture import Service, Told

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "custom_components/anshim_knock/frontend"
LANGUAGES = ("ko", "en")
HANGUL = re.compile("[가-힣]")


def texts(language: str) -> dict[str, Any]:
    """The module holds JSON between its first words and its last sign."""
    module = (FRONTEND / f"texts/{language}.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(module.partition("export default ")[2].rstrip("\n;"))
    return found


def sentences(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, str):
        return {path: value}
    return {
        k: v for key, inner in value.items() for k, v in sentences(inner, f"{path}.{key}").items()
    }


def placeholders(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_both_languages_say_the_same_things_with_the_same_values() -> None:
    korean, english = sentences(texts("ko")), sentences(texts("en"))
    assert korean.keys() == english.keys()
    for key, sentence in korean.items():
        assert placeholders(sentence) == placeholders(english[key]), key


def test_korean_is_korean_and_english_is_english() -> None:
    assert [key for key, said in sentences(texts("ko")).items() if not HANGUL.search(said)] == [
        # A date and a time of the device, in its own order.
        ".time.other"
    ]
    assert [key for key, said in sentences(texts("en")).items() if HANGUL.search(said)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_a_home_has_its_words(language: str) -> None:
    found = texts(language)
    believed = {*Stage, *Service, *Presence, *Watch} - {Service.ON, Presence.HOME, Watch.SEEING}
    assert found["belief"].keys() == believed
    asked = {*Stage, *Service} - {Stage.CALM, Service.ON}
    assert found["advice"].keys() >= asked
    assert found["told"].keys() == set(Told)
    assert found["contact"].keys() == {"telling", "told", "unreached", COMING, SEEN}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_and_responder_of_the_contract_has_its_words(language: str) -> None:
    schema = json.loads((ROOT / "contract/schemas/receipt.json").read_text(encoding="utf-8"))
    data = schema["properties"]["data"]["properties"]
    found = texts(language)
    assert found["who"].keys() >= set(data["by"]["examples"])
    assert found["answer"].keys() >= set(Answer)
    # Whoever was met is "seen to", well or not; the resident reads of all others what happened.
    met = {"seen_well", "spoken_well", "seen_care", "deceased"}
    assert found["answer"].keys() >= set(data["outcome"]["examples"]) - met


def test_the_page_asks_for_the_commands_that_there_are() -> None:
    line = (FRONTEND / "line.js").read_text(encoding="utf-8")
    assert set(re.findall(r'"(anshim_knock/[a-z/]+)"', line)) == {SUBSCRIBE, PRESS}


def test_the_page_fetches_nothing_from_the_internet() -> None:
    for path in FRONTEND.rglob("*.js"):
        addresses = re.findall(r"https?://[^\s\"'`]+", path.read_text(encoding="utf-8"))
        # The name of a format, never fetched.
        assert set(addresses) <= {"http://www.w3.org/2000/svg"}, path.name


def test_every_import_of_the_page_is_shipped() -> None:
    for path in FRONTEND.rglob("*.js"):
        for name in re.findall(r'from "([^"]+)"', path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), f"{path.name} imports {name}"
