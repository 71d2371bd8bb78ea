"""Reads where this machine gets its Debian packages from, in both of apt's notations.

The private package lists are written from what stands here, so that no address of a mirror is
ever a matter of this project.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
import re

APT_ETC = Path("/etc/apt")
_ONE_LINE = re.compile(
    r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s*(?P<parts>.*)$"
)


@dataclass(frozen=True, kw_only=True)
class Source:
    """One place packages come from; `signed_by` is a keyring's path or a whole key."""

    uris: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str = ""

    def of_suite(self, suite: str) -> "Source":
        return replace(self, suites=(suite,), components=("main",))

    def stanza(self) -> str:
        fields = [
            "Types: deb",
            f"URIs: {self.uris}",
            f"Suites: {' '.join(self.suites)}",
            f"Components: {' '.join(self.components)}",
        ]
        if self.signed_by:
            fields.append(f"Signed-By: {self.signed_by}")
        return "\n".join(fields) + "\n"


def sources_of(etc: Path = APT_ETC) -> list[Source]:
    """Every binary source that apt itself would use, in its order."""
    found: list[Source] = []
    listed = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*.list"))]
    for file in listed:
        if file.is_file():
            found += _from_lines(file.read_text(encoding="utf-8"))
    for file in sorted((etc / "sources.list.d").glob("*.sources")):
        found += _from_stanzas(file.read_text(encoding="utf-8"))
    return [source for source in found if not source.uris.startswith("cdrom:")]


def of_release(sources: Iterable[Source], codename: str) -> list[Source]:
    """The sources of the machine's own release: its archive, its updates and its security fixes."""
    own = re.compile(rf"^{re.escape(codename)}(-updates|-security|/updates)?$")
    kept = []
    for source in sources:
        suites = tuple(suite for suite in source.suites if own.match(suite))
        if suites and "main" in source.components:
            kept.append(replace(source, suites=suites))
    return kept


def archive_of(sources: Iterable[Source], codename: str) -> Source | None:
    """The source that holds the release itself; its other suites live at the same address."""
    return next((source for source in sources if codename in source.suites), None)


def _from_lines(text: str) -> Iterator[Source]:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#", 1)[0].strip())
        if match:
            options = dict(
                word.split("=", 1) for word in (match["options"] or "").split() if "=" in word
            )
            yield Source(
                uris=match["uri"],
                suites=(match["suite"],),
                components=tuple(match["parts"].split()),
                signed_by=options.get("signed-by", ""),
            )


def _from_stanzas(text: str) -> Iterator[Source]:
    without_comments = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for block in re.split(r"\n\s*\n", without_comments):
        fields = _fields(block)
        if "deb" in fields.get("types", "").split() and fields.get("enabled", "yes") != "no":
            yield Source(
                uris=fields.get("uris", ""),
                suites=tuple(fields.get("suites", "").split()),
                components=tuple(fields.get("components", "").split()),
                signed_by=fields.get("signed-by", ""),
            )


def _fields(block: str) -> dict[str, str]:
    """The fields of one stanza; a key that stands in the file itself keeps its indented lines."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line[:1].isspace() and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields
