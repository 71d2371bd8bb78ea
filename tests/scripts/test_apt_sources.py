"""The mirror is read from the machine's own apt sources, whichever way they are written."""

from pathlib import Path

import pytest

from environment.apt_sources import Source, archive_of, of_release, sources_of

DEB822 = """\
# written by the installer
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm
Components: main
"""

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/own.gpg] http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main contrib # nightly
deb-src http://mirror.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12]/ bookworm main
deb http://vendor.example/tools stable main
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_newer_notation_is_read(etc: Path) -> None:
    (etc / "sources.list.d/debian.sources").write_text(DEB822)
    main, security = sources_of(etc)
    assert main.uris == "http://mirror.example/debian"
    assert main.suites == ("bookworm", "bookworm-updates")
    assert main.signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert security.suites == ("bookworm-security",)


def test_the_older_notation_is_read(etc: Path) -> None:
    (etc / "sources.list").write_text(ONE_LINE)
    uris = [source.uris for source in sources_of(etc)]
    assert uris == ["http://mirror.example/debian"] * 2 + ["http://vendor.example/tools"]
    assert sources_of(etc)[0].signed_by == "/usr/share/keyrings/own.gpg"


def test_a_key_that_stands_in_the_file_is_kept_whole(etc: Path) -> None:
    key = (
        "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----"
    )
    text = "Types: deb\nURIs: http://mirror.example/\nSuites: trixie\nComponents: main\nSigned-By:"
    (etc / "sources.list.d/debian.sources").write_text(f"{text}{key}\n")
    (source,) = sources_of(etc)
    assert source.signed_by == key
    assert source.stanza().endswith(f"Signed-By: {key}\n")


def test_only_the_machines_own_release_is_taken(etc: Path) -> None:
    (etc / "sources.list").write_text(ONE_LINE)
    own = of_release(sources_of(etc), "bookworm")
    assert [source.suites for source in own] == [("bookworm",), ("bookworm-updates",)]


def test_another_suite_is_looked_for_where_the_release_itself_lies(etc: Path) -> None:
    (etc / "sources.list.d/debian.sources").write_text(DEB822)
    archive = archive_of(sources_of(etc), "bookworm")
    assert archive is not None
    forky = archive.of_suite("forky")
    assert (forky.uris, forky.suites) == ("http://mirror.example/debian", ("forky",))
    assert forky.signed_by == archive.signed_by


def test_a_machine_without_such_a_release_has_no_archive(etc: Path) -> None:
    assert archive_of(sources_of(etc), "bookworm") is None


def test_what_is_written_is_what_was_read(etc: Path) -> None:
    source = Source(
        uris="http://mirror.example/debian", suites=("forky",), components=("main",), signed_by="/k"
    )
    (etc / "sources.list.d/own.sources").write_text(source.stanza())
    assert sources_of(etc) == [source]
