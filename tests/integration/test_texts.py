"""Every word that a person can see is there, in Korean and in English."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.anshim_knock.adoption.fitness import Point, Warn
from custom_components.anshim_knock.adoption.phone import Check
from custom_components.anshim_knock.adoption.stations import Flaw
from custom_components.anshim_knock.adoption.trial import LATE_REPORT
from custom_components.anshim_knock.contacts.caller import ANSWERS, RECEIVED
from custom_components.anshim_knock.contacts.people import Kind as ContactKind
from custom_components.anshim_knock.contacts.wording import alert_key, over_key
from custom_components.anshim_knock.event import CALL
from custom_components.anshim_knock.issues import _SEVERITY
from custom_components.anshim_knock.logic.activity import Why as Refusal
from custom_components.anshim_knock.logic.inputs import Person
from custom_components.anshim_knock.logic.rhythm import Why as LimitWhy
from custom_components.anshim_knock.logic.rungs import Why
from custom_components.anshim_knock.logic.words import (
    Answer,
    Caller,
    CallResult,
    Cause,
    Kind,
    Liveness,
    Reason,
    Role,
    Stage,
    Watch,
)
from custom_components.anshim_knock.relay.words import CaseState
from custom_components.anshim_knock.view import FIXED, SHORTENED
from tests.integration.house import DOMAIN

FOLDER = Path(__file__).parents[2] / "custom_components" / DOMAIN / "translations"
COMPONENT = FOLDER.parent
CONTACTS = COMPONENT / "contacts/texts"
BLUEPRINTS = COMPONENT.parents[1] / "blueprints/automation/anshim_knock"
CONTRACT = Path(__file__).parents[2] / "contract" / "schemas"
LANGUAGES = ("en", "ko")


def _texts(language: str) -> dict[str, Any]:
    texts: dict[str, Any] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return texts


def _leaves(texts: dict[str, Any], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in texts.items():
        found |= (
            _leaves(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}": value}
        )
    return found


def _sensor(language: str, key: str) -> dict[str, Any]:
    sensor: dict[str, Any] = _texts(language)["entity"]["sensor"][key]
    return sensor


def test_both_languages_say_the_same_things() -> None:
    assert _leaves(_texts("en")).keys() == _leaves(_texts("ko")).keys()
    assert all(text.strip() for lang in LANGUAGES for text in _leaves(_texts(lang)).values())


def test_nothing_was_left_in_english() -> None:
    english = _leaves(_texts("en"))
    same = [k for k, text in _leaves(_texts("ko")).items() if text == english[k]]
    # These only put together what is translated on its own.
    assert same == [
        "config.flow_title",
        "config.step.backtest_found.description",
        "config.progress.walk_test",
        "config_subentries.source.progress.walk",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_a_limit_has_its_words(language: str) -> None:
    limit = _sensor(language, "limit")["state_attributes"]["reason"]["state"]
    assert limit.keys() == {FIXED, SHORTENED, *LimitWhy}
    assert _texts(language)["selector"]["backtest_why"]["options"].keys() == set(LimitWhy)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_backtest_has_a_name_for_every_month_and_day(language: str) -> None:
    words = _texts(language)["selector"]["backtest"]["options"]
    assert len(set(words["months"].split("|"))) == 12
    assert len(set(words["weekdays"].split("|"))) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_that_is_shown_has_its_words(language: str) -> None:
    stage = _sensor(language, "stage")
    assert stage["state"].keys() == set(Stage)
    assert stage["state_attributes"]["reason"]["state"].keys() == set(Why)
    assert stage["state_attributes"]["cause"]["state"].keys() == set(Cause)
    assert _sensor(language, "watch")["state"].keys() == set(Watch)
    assert _sensor(language, "liveness")["state"].keys() == set(Liveness)
    receipt = _sensor(language, "receipt")
    assert receipt["state"].keys() == {"none", *Answer}
    assert receipt["state_attributes"]["case_state"]["state"].keys() == set(CaseState)
    said = _texts(language)["entity"]["event"]["said"]["state_attributes"]["event_type"]["state"]
    assert said.keys() == {*Kind, CALL}
    assert receipt["state_attributes"]["call"]["state"].keys() == set(CallResult)
    assert receipt["state_attributes"]["call_by"]["state"].keys() == set(Caller)
    assert _texts(language)["issues"].keys() == set(_SEVERITY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_a_technician_is_told_has_its_words(language: str) -> None:
    said = {name: set(texts["options"]) for name, texts in _texts(language)["selector"].items()}
    assert said["role"] == set(Role)
    assert said["point"] == set(Point)
    assert said["warning"] == said["warning_short"] == set(Warn)
    assert said["flaw"] == set(Flaw)
    assert said["refusal"] == {*Refusal, LATE_REPORT}
    seen = {f"{check}_{end}" for check in Check for end in ("done", "missing")}
    # What Home Assistant cannot see is a tick of its own.
    assert said["phone_check"] == seen - {"battery_done", "battery_missing"}
    asked = {*Role, "socket", "phone_use", "button_help", "button_help_live"}
    assert said["ask"] == asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_and_responder_of_the_contract_has_its_words(language: str) -> None:
    receipt = json.loads((CONTRACT / "receipt.json").read_text(encoding="utf-8"))
    data = receipt["properties"]["data"]["properties"]
    attributes = _sensor(language, "receipt")["state_attributes"]
    assert attributes["outcome"]["state"].keys() >= set(data["outcome"]["examples"])
    assert attributes["by"]["state"].keys() >= set(data["by"]["examples"])


def test_contacts_read_their_own_language_with_the_same_values() -> None:
    korean, english = (
        json.loads((CONTACTS / f"{language}.json").read_text(encoding="utf-8"))
        for language in ("ko", "en")
    )
    assert korean.keys() == english.keys()
    for key, text in korean.items():
        assert re.search("[가-힣]", text), key
        assert not re.search("[가-힣]", english[key]), key
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), key
    alerts = {alert_key(stage, cut_off=cut) for stage in Stage for cut in (True, False)}
    said = alerts | {over_key(why) for why in Why} | {"test", "test_answer", "title"}
    assert korean.keys() == said | set(ANSWERS) - {RECEIVED} | {f"button_{a}" for a in ANSWERS}


@pytest.mark.parametrize("blueprint", sorted(BLUEPRINTS.glob("*.yaml")), ids=lambda p: str(p.stem))
def test_every_blueprint_is_explained_in_both_languages(blueprint: Path) -> None:
    """Name and description of itself and of each of its inputs, and every text that it says."""
    found = load_yaml_dict(blueprint)
    inputs = found["blueprint"]["input"]
    for part in (found["blueprint"], *inputs.values()):
        for key in ("name", "description"):
            assert re.search("[가-힣]", part[key]), part
            assert re.search("[A-Za-z]{3}", part[key]), part
    texts = found.get("variables", {}).get("texts")
    if texts:
        korean, english = _leaves({"": texts["ko"]}), _leaves({"": texts["en"]})
        assert korean.keys() == english.keys()
        assert all(re.search("[가-힣]", text) for text in korean.values())
        assert not any(re.search("[가-힣]", text) for text in english.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_and_contact_word_has_its_text(language: str) -> None:
    texts = _texts(language)
    actions = load_yaml_dict(COMPONENT / "services.yaml")
    assert texts["services"].keys() == actions.keys()
    for name, action in actions.items():
        fields = (action or {}).get("fields", {})
        assert texts["services"][name].get("fields", {}).keys() == fields.keys(), name
    assert texts["selector"]["contact"]["options"].keys() == set(ContactKind)
    assert texts["selector"]["contact_answer"]["options"].keys() == set(ANSWERS)
    assert texts["selector"]["absence_reason"]["options"].keys() == set(Reason)
    assert texts["selector"]["person"]["options"].keys() == set(Person)
    assert texts["selector"]["call_result"]["options"].keys() == set(CallResult)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_home_assistant_finds_them(
    hass: HomeAssistant, enable_custom_integrations: None, language: str
) -> None:
    texts = await async_get_translations(hass, language, "exceptions", {DOMAIN})
    assert f"component.{DOMAIN}.exceptions.refused_alert_open.message" in texts


# What the relay's page and Home Assistant's own pages say.
ELSEWHERE = {
    "Send a drill",
    "시험 신호 보내기",
    "Reconfigure",
    "재구성",
    "Anshim Knock",
    "안심 똑똑",
}


@pytest.mark.parametrize(("page", "language"), [("", "en"), ("ko/", "ko")])
def test_the_volunteers_page_names_what_the_screens_say(page: str, language: str) -> None:
    docs = Path(__file__).parents[2] / "docs"
    text = (docs / f"{page}volunteers.md").read_text(encoding="utf-8")
    steps = [line for line in text.splitlines() if re.match(r"\| \d+–\d+ |\d\. ", line)]
    named = set(re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", "\n".join(steps)))
    unknown = named - ELSEWHERE - set(_leaves(_texts(language)).values())
    assert (len(named) > 5, unknown) == (True, set())
