"""Each rule of the tree says what is wrong, and where; `scripts/check` holds the tree to them."""

from pathlib import Path

import pytest

import tree_rules
from tree_rules import Rule, Tree

LONG_FUNCTION = "def long() -> None:\n" + "    x = 1\n" * 51


def planted(root: Path, files: dict[str, str]) -> Tree:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return Tree(root=root, names=tuple(files))


@pytest.mark.parametrize(
    ("rule", "files", "says"),
    [
        (tree_rules.data_is_well_formed, {"a.json": "{"}, "a.json: cannot be read"),
        (tree_rules.data_is_well_formed, {"a.toml": "= 1"}, "a.toml: cannot be read"),
        (tree_rules.only_apps_have_a_config, {"tests/x/config.json": "{}"}, "the Supervisor would"),
        (tree_rules.only_apps_have_a_config, {"addon/a/b/config.yaml": ""}, "the Supervisor would"),
        (tree_rules.requirements_name_no_index, {"uv.lock": ""}, "carries index addresses"),
        (
            tree_rules.requirements_name_no_index,
            {"addon/relay/requirements.txt": "# via https://index.example/simple\n"},
            "names an index",
        ),
        (
            tree_rules.requirements_name_no_index,
            {"requirements/a.in": "--extra-index-url somewhere\n"},
            "names an index",
        ),
        (tree_rules.files_stay_short, {"a.py": "x = 1\n" * 401}, "split it by job"),
        (tree_rules.files_stay_short, {"a.py": "x = 1\n" * 251}, "more than one file in ten"),
        (tree_rules.functions_stay_short, {"a.py": LONG_FUNCTION}, "a.py:1: long has 52 lines"),
        (tree_rules.nothing_is_left_open, {"a.py": "# TODO later\n"}, "a.py:1: left open"),
        (tree_rules.nothing_is_left_open, {"t.py": "@pytest.mark.skip\n"}, "t.py:1: left open"),
        (tree_rules.texts_exist_in_both_languages, {"translations/en.json": "{}"}, "no Korean"),
        (
            tree_rules.texts_exist_in_both_languages,
            {"translations/en.json": '{"a": {"b": "hi"}}', "translations/ko.json": '{"a": {}}'},
            "a.b stands in one language only",
        ),
        (
            tree_rules.shared_files_are_alike,
            dict(zip(next(iter(tree_rules.SHARED.items())), ("a = 1", "a = 2"), strict=True)),
            "word for word",
        ),
        (tree_rules.programs_can_be_started, {"scripts/run": "#!/bin/sh"}, "is not executable"),
    ],
)
def test_a_broken_rule_is_named(
    tmp_path: Path, rule: Rule, files: dict[str, str], says: str
) -> None:
    assert any(says in complaint for complaint in rule(planted(tmp_path, files)))


def test_an_app_with_another_version_is_named(tmp_path: Path) -> None:
    tree = planted(
        tmp_path,
        {
            "custom_components/anshim_knock/manifest.json": '{"version": "0.2.0"}',
            "addon/relay/config.yaml": "version: 0.1.0",
            "addon/relay/pyproject.toml": '[project]\nversion = "0.2.0"',
            "CHANGELOG.md": "# Changelog\n\n## 0.1.0\n",
        },
    )
    assert list(tree_rules.one_version_everywhere(tree)) == [
        "addon/relay/config.yaml: says version 0.1.0, the integration says 0.2.0",
        "CHANGELOG.md: has no heading for version 0.2.0",
    ]


def test_the_two_apps_may_have_a_config(tmp_path: Path) -> None:
    tree = planted(tmp_path, {"addon/relay/config.yaml": "", "addon/district/config.yaml": ""})
    assert list(tree_rules.only_apps_have_a_config(tree)) == []


def test_refused_examples_may_be_no_json_at_all(tmp_path: Path) -> None:
    tree = planted(tmp_path, {"contract/examples/refused/event/cut_short.json": '{"id": '})
    assert list(tree_rules.data_is_well_formed(tree)) == []
