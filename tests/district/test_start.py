"""Starting: options that are wrong are named in one sentence."""

import json
from pathlib import Path
import resource
import shutil
from typing import Any

import httpx
import pytest

from anshim_district import health
from anshim_district.certificates import self_signed
from anshim_district.cli import main
from tests.district.conftest import Make

DISTRICT = {"id": "test-gu", "name": "시험구"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "/district"),
        ({"district": {"id": "서울", "name": "서울"}}, "/district/id"),
        ({"district": DISTRICT, "listen": {"port": 70000}}, "/listen/port"),
        ({"district": DISTRICT, "language": "fr"}, "/language"),
        ({"district": DISTRICT, "heartbeat_seconds": 5}, "/heartbeat_seconds"),
        ({"district": DISTRICT, "times": {"hold_minutes": 31}}, "/times/hold_minutes"),
        ({"district": DISTRICT, "colour": "red"}, "colour"),
        ({"district": DISTRICT, "time_zone": "Mars/Phobos"}, "time_zone"),
        ({"district": DISTRICT, "tls_key": "/x"}, "tls_certificate"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_options_are_named_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: dict[str, Any], named: str
) -> None:
    path = tmp_path / "options.json"
    path.write_text(json.dumps(options), encoding="utf-8")
    assert main(["--options", str(path), "--data", str(tmp_path)]) == 2
    sentences = capsys.readouterr().err.strip().splitlines()
    assert len(sentences) == 1
    assert named in sentences[0]


@pytest.mark.parametrize("content", [b"{", b"\xff", None], ids=["broken", "bytes", "missing"])
def test_an_options_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "options.json"
    if content is not None:
        path.write_bytes(content)
    assert main(["--options", str(path), "--data", str(tmp_path)]) == 2
    assert str(path) in capsys.readouterr().err


def test_a_broken_key_is_not_replaced_by_a_new_one(
    tmp_path: Path, opened_once: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(opened_once, tmp_path / "data")
    key, options = tmp_path / "data/district-key.pem", tmp_path / "options.json"
    key.write_text("nonsense", encoding="utf-8")
    options.write_text(json.dumps({"district": DISTRICT}), encoding="utf-8")
    assert main(["--options", str(options), "--data", str(tmp_path / "data"), "enrol"]) == 2
    assert "Restore it" in capsys.readouterr().err
    assert key.read_text(encoding="utf-8") == "nonsense"


def test_a_port_that_is_taken_is_said(make: Make) -> None:
    first = make("first")
    first.start()
    port = int(first.url.rsplit(":", 1)[1])
    second = make("second", listen={"host": "127.0.0.1", "port": port})
    second.write_options()
    ended = second.ended()
    assert ended.returncode == 2
    assert "address already in use" in ended.stderr


def test_with_a_certificate_it_speaks_https_only(make: Make, tmp_path: Path) -> None:
    pem = str(self_signed(tmp_path))
    first = make("free")
    first.start()
    port = int(first.url.rpartition(":")[2])
    first.stop()
    district = make(
        "tls",
        listen={"port": port},
        tls_certificate=pem,
        tls_key=pem,
        public_url="https://127.0.0.1",
    )
    district.start()
    assert health.main(["--options", str(district.folder / "options.json")]) == 0
    with pytest.raises(httpx.TransportError):
        district.client().get("/v1/health")


def test_as_many_homes_may_listen_as_the_machine_allows(make: Make) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1024), hard))
    district = make()
    try:
        district.start_cold()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert district.process is not None
    assert resource.prlimit(district.process.pid, resource.RLIMIT_NOFILE) == (hard, hard)
