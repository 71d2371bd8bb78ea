"""Rules of the tree that no other tool knows; `scripts/check` starts it."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
import json
from pathlib import Path
import re
import subprocess
import sys
import tomllib
from typing import Any
from urllib.parse import urlsplit

import yaml

from environment.apt_sources import sources_of

CHECKOUT = Path(__file__).resolve().parents[2]
MOST_LINES, LONG_LINES, LONG_SHARE = 400, 250, 0.1
MOST_FUNCTION_LINES = 50
APP_CONFIGURATION = re.compile(r"addon/[^/]+/config\.yaml")
INDEX_ADDRESS = re.compile(r"://|(?m:^\s*(-i|-f|--(extra-)?index-url|--find-links)\b)")
SHARED = {
    f"addon/relay/src/anshim_relay/dc09/{name}": (
        f"addon/district/src/anshim_district/reach/dc09/{name}"
    )
    for name in ("frames.py", "line.py")
}
LEFT_OPEN = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|pytest\.mark\.(skip|xfail)\b")
# the rules quote what they look for
QUOTING = frozenset({"scripts/lib/tree_rules.py", "tests/scripts/test_tree_rules.py"})


@dataclass(frozen=True, kw_only=True)
class Tree:
    """The files that belong to the project, by their path below the root."""

    root: Path
    names: tuple[str, ...]

    def named(self, pattern: str) -> Iterator[str]:
        return (name for name in self.names if re.search(pattern, name))

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    @cached_property
    def sources(self) -> dict[str, str]:
        return {name: self.text(name) for name in self.named(r"\.py$")}


type Rule = Callable[[Tree], Iterator[str]]


def data_is_well_formed(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"\.(json|toml)$"):
        if not name.startswith("contract/examples/refused/"):
            try:
                parsed(name, tree.text(name))
            except ValueError as error:
                yield f"{name}: cannot be read: {error}"


def only_apps_have_a_config(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"(^|/)config\.(ya?ml|json)$"):
        if not APP_CONFIGURATION.fullmatch(name):
            yield f"{name}: the Supervisor would read this as an app; give it another name"


def requirements_name_no_index(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"(^|/)uv\.lock$"):
        yield f"{name}: carries index addresses; requirements/ is what counts"
    for name in tree.named(r"(^|/)requirements[^/]*(/[^/]+)?\.(txt|in)$"):
        if INDEX_ADDRESS.search(tree.text(name)):
            yield f"{name}: names an index; compile it with scripts/lock"


def no_mirror_of_this_machine(tree: Tree) -> Iterator[str]:
    """What a person's machine installs from is nobody else's business and works nowhere else."""
    hosts = {urlsplit(uri).hostname for source in sources_of() for uri in source.uris.split()}
    for name in tree.names:
        content = (tree.root / name).read_bytes()
        for host in filter(None, hosts):
            if host.encode() in content:
                yield f"{name}: names a package mirror, {host}"


def files_stay_short(tree: Tree) -> Iterator[str]:
    lengths = {name: text.count("\n") for name, text in tree.sources.items()}
    for name, length in lengths.items():
        if length > MOST_LINES:
            yield f"{name}: {length} lines; split it by job (at most {MOST_LINES})"
    long = sorted(name for name, length in lengths.items() if length > LONG_LINES)
    if len(long) > LONG_SHARE * len(lengths):
        yield f"more than one file in ten has over {LONG_LINES} lines: {', '.join(long)}"


def functions_stay_short(tree: Tree) -> Iterator[str]:
    for name, text in tree.sources.items():
        for node in ast.walk(ast.parse(text, filename=name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    yield f"{name}:{node.lineno}: {node.name} has {length} lines"


def nothing_is_left_open(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"\.(py|js|sh|sql)$"):
        for number, line in enumerate(tree.text(name).splitlines(), start=1):
            if name not in QUOTING and LEFT_OPEN.search(line):
                yield f"{name}:{number}: left open: {line.strip()}"


def texts_exist_in_both_languages(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"(^|/)translations/en\.(json|ya?ml)$"):
        other = re.sub(r"en(\.\w+)$", r"ko\1", name)
        if other not in tree.names:
            yield f"{name}: there is no Korean beside it"
            continue
        english, korean = (keys(parsed(file, tree.text(file))) for file in (name, other))
        for key in sorted(english ^ korean):
            yield f"{name}: {key} stands in one language only"


def one_version_everywhere(tree: Tree) -> Iterator[str]:
    """Integration and apps carry one number, and the changelog says what it brings."""
    manifest = "custom_components/anshim_knock/manifest.json"
    version = parsed(manifest, tree.text(manifest))["version"]
    for name in tree.named(r"^addon/[^/]+/(config\.yaml|pyproject\.toml)$"):
        stated = parsed(name, tree.text(name))
        project = stated.get("project", stated)
        its_version = project.get("version")
        if its_version != version and "version" not in project.get("dynamic", []):
            yield f"{name}: says version {its_version}, the integration says {version}"
    if f"\n## {version}" not in tree.text("CHANGELOG.md"):
        yield f"CHANGELOG.md: has no heading for version {version}"


def shared_files_are_alike(tree: Tree) -> Iterator[str]:
    """An app is built from its own folder: what two of them say alike lies in both."""
    for here, there in SHARED.items():
        if here in tree.names and there in tree.names and tree.text(here) != tree.text(there):
            yield f"{there}: is not {here}, word for word; copy the one that is right"


def programs_can_be_started(tree: Tree) -> Iterator[str]:
    for name in tree.named(r"^(scripts|\.ci)/[^/.]+$"):
        if not (tree.root / name).stat().st_mode & 0o100:
            yield f"{name}: is not executable (chmod +x)"


RULES: tuple[Rule, ...] = (
    data_is_well_formed,
    only_apps_have_a_config,
    requirements_name_no_index,
    no_mirror_of_this_machine,
    files_stay_short,
    functions_stay_short,
    nothing_is_left_open,
    texts_exist_in_both_languages,
    one_version_everywhere,
    shared_files_are_alike,
    programs_can_be_started,
)


def main() -> int:
    tree = tree_of(CHECKOUT)
    complaints = [complaint for rule in RULES for complaint in rule(tree)]
    print("\n".join(complaints), end="\n" if complaints else "")
    return int(bool(complaints))


def tree_of(root: Path) -> Tree:
    """What git tracks and what it would track, without what is deleted already."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=root, check=True, capture_output=True, text=True)
    names = {name for name in done.stdout.split("\0") if name and (root / name).is_file()}
    return Tree(root=root, names=tuple(sorted(names)))


def parsed(name: str, text: str) -> Any:
    if name.endswith(".toml"):
        return tomllib.loads(text)
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def keys(value: Any, path: str = "") -> set[str]:
    """Every path to a text in nested mappings."""
    if not isinstance(value, dict):
        return {path}
    return {
        key for name, inner in value.items() for key in keys(inner, f"{path}.{name}".strip("."))
    }


if __name__ == "__main__":
    sys.exit(main())
