"""Strangers at the front door: slow, huge, malformed. They are cut off, and others are heard."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
import gzip
from pathlib import Path
import shutil
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.district.conftest import installed
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess

HEAD = b"POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
FORM = (
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
MB = 1_000_000
HASTY_S = 0.5


@contextmanager
def connected(district: DistrictProcess | MovedDistrict) -> Iterator[socket.socket]:
    port = urlsplit(district.url).port
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        yield line


def answer_of(line: socket.socket) -> bytes:
    """All that comes until the district hangs up, or nothing more for the moment."""
    got = b""
    try:
        while part := line.recv(65536):
            got += part
            if b"\r\n\r\n" in got:
                return got
    except ConnectionError:
        pass
    return got


def asked(district: DistrictProcess, *parts: bytes) -> bytes:
    with connected(district) as line:
        try:
            for part in parts:
                line.sendall(part)
        except ConnectionError:
            pass  # cut off in the middle: what was answered may still be read
        return answer_of(line)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def is_cut(line: socket.socket) -> bool:
    try:
        return not line.recv(65536, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@pytest.fixture
def hasty(tmp_path: Path, opened_once: Path) -> Iterator[MovedDistrict]:
    """The same with less patience: nobody has to wait for it here."""
    shutil.copytree(opened_once, tmp_path, dirs_exist_ok=True)
    district = MovedDistrict(data=tmp_path, patience_s=HASTY_S)
    yield district
    district.close()


# what each begins with, and goes on with byte by byte
SLOW = {
    "nothing": (b"", b""),
    "head": (b"GET /v1/health HTTP/1.1\r\nX-", b"a"),
    "body": (HEAD + b"Content-Length: 5000\r\n\r\n", b"{"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "form": (FORM, b"c"),
    "second request": (b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/he", b"a"),
}


def test_who_sends_byte_by_byte_is_cut_off_and_others_are_heard_meanwhile(
    hasty: MovedDistrict,
) -> None:
    began, cut, slowest = time.monotonic(), dict[str, float](), 0.0
    with ExitStack() as stack, hasty.client() as other:
        lines = {name: stack.enter_context(connected(hasty)) for name in SLOW}
        for name, line in lines.items():
            line.sendall(SLOW[name][0])
        while len(cut) < len(lines) and time.monotonic() < began + 10:
            for name, line in lines.items():
                if name not in cut and is_cut(line):
                    cut[name] = time.monotonic() - began
                elif name not in cut:
                    line.send(SLOW[name][1])
            asking = time.monotonic()
            assert other.get("/v1/health").status_code == 200
            slowest = max(slowest, time.monotonic() - asking)
            time.sleep(0.1)
    assert cut.keys() == lines.keys()
    assert all(HASTY_S <= after < HASTY_S + 2 for after in cut.values()), cut
    assert slowest < 1


def test_a_thin_line_is_waited_for_as_long_as_something_comes(hasty: MovedDistrict) -> None:
    body = b" " * 4000
    with connected(hasty) as line:
        line.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode())
        for start in range(0, len(body), 500):
            line.sendall(body[start : start + 500])
            time.sleep(0.12)  # four kilobytes a second: longer than anybody's patience in all
        assert status_of(answer_of(line)) == 400


def test_who_listens_for_what_comes_down_is_not_hurried(hasty: MovedDistrict) -> None:
    person = Person(client=hasty.client())
    person.log_in()
    kit = installed(hasty, person)
    began = time.monotonic()
    assert kit.listen(wait=1) == []
    assert time.monotonic() - began > 1.5 * HASTY_S


def posted(path: str, body: bytes, *headers: str, kind: str = "application/json") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Type: {kind}", *headers]
    if not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def got(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


BOMB = gzip.compress(b" " * (20 * MB))
EVENTS = "/v1/events"
MALFORMED: dict[str, tuple[bytes, set[int]]] = {
    "a hundred megabytes": (posted(EVENTS, b"x" * 3 * MB, f"Content-Length: {100 * MB}"), {413}),
    "no end": (
        posted(EVENTS, (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20, "Transfer-Encoding: chunked"),
        {413},
    ),
    "broken chunks": (posted(EVENTS, b"zz\r\n", "Transfer-Encoding: chunked"), {400}),
    "a bomb": (posted(EVENTS, BOMB, "Content-Encoding: gzip"), {415}),
    "a bomb at the console": (
        posted("/login", BOMB, "Content-Encoding: gzip", kind="application/x-www-form-urlencoded"),
        {400, 403},
    ),
    "two lengths": (posted(EVENTS, b"{}", "Content-Length: 2", "Content-Length: 3"), {400}),
    "length and chunks": (
        posted(EVENTS, b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
        {400},
    ),
    "ten thousand headers": (got("/v1/health", *(f"X-{n}: 1" for n in range(10_000))), {400, 431}),
    "a header of a megabyte": (got("/v1/health", f"X: {'x' * MB}"), {400, 431}),
    "a path of a megabyte": (got("/v1/" + "x" * MB), {400, 414}),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    "no such method": (got("/v1/health", method="BREW"), {400, 405}),
    "another host's": (got("http://169.254.169.254/v1/health"), {200, 400, 404}),
    "a tunnel": (got("169.254.169.254:80", method="CONNECT"), {400, 404, 405}),
    "not UTF-8": (posted(EVENTS, b'{"events": ["\xff\xfe"]}'), {400}),
    "half a surrogate": (posted(EVENTS, b'{"events": ["\\ud800"]}'), {200, 400}),
    "deep": (posted(EVENTS, b'{"events":' + b"[" * 500_000), {400}),
    "a key twice": (posted(EVENTS, b'{"events": [], "events": [1]}'), {400}),
    "no number": (posted(EVENTS, b'{"events": NaN}'), {400}),
    "a number without end": (posted(EVENTS, b'{"events": 1e999}'), {400}),
    "a huge number": (posted(EVENTS, b'{"events": ' + b"9" * 400_000 + b"}"), {400}),
    "a huge query": (got("/v1/downlink?after=" + "9" * 5000), {401}),
    "a form with a broken boundary": (
        posted("/login", b"--x\r\nnothing", kind="multipart/form-data; boundary=y"),
        {400, 403},
    ),
    "a form without a boundary": (posted("/login", b"x", kind="multipart/form-data"), {400, 403}),
    "a form in no known letters": (
        posted("/login", b"user=x", kind="application/x-www-form-urlencoded; charset=klingon"),
        {400, 403},
    ),
    "a form of percent signs": (
        posted(
            "/login", b"user=%ff%00%zz&csrf=%ed%a0%80", kind="application/x-www-form-urlencoded"
        ),
        {403},
    ),
    "cookies of bytes": (got("/board", 'Cookie: anshim_login="\\377\\000"; a=\x7f'), {303, 400}),
    "a web socket": (
        got("/live", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
        {403},
    ),
    "a newer HTTP": (got("/v1/health", "Connection: Upgrade", "Upgrade: h2c"), {200}),
}
PATHS = (
    "/static/../server.py",
    "/static/%2e%2e/server.py",
    "/static/..%2fserver.py",
    "/static/%252e%252e/server.py",
    "/static//etc/passwd",
    "/static/..\\server.py",
    "/static/%00",
    "/v1/../board",
    "//board",
    "/./board",
    "/BOARD",
    "/board/",
    "/board;x",
    "/board%00",
    "/homes/%2e%2e%2fstaff",
    "/cases/%ff%fe/",
    "/homes/h-\u0000",
)


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_refused_in_words_and_harms_nobody(
    district: DistrictProcess, name: str
) -> None:
    sent, expected = MALFORMED[name]
    before = len(district.log)
    answer = asked(district, sent)
    assert status_of(answer) in expected, answer[:500]
    assert district.log[before:] == ""
    assert district.client().get("/v1/health").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_around_the_door(district: DistrictProcess, path: str) -> None:
    before = len(district.log)
    answer = asked(district, got(path.encode().decode("latin-1")))
    assert status_of(answer) in {303, 400, 403, 404}
    assert b"import" not in answer
    assert b"root:" not in answer
    if status_of(answer) == 303:
        assert b"/login" in answer
    assert district.log[before:] == ""


def test_a_flood_of_large_bodies_takes_no_more_memory_than_is_read(
    district: DistrictProcess,
) -> None:
    sent, _ = MALFORMED["a hundred megabytes"]
    asked(district, sent)
    before = memory_mb(district)
    with ExitStack() as stack:
        lines = [stack.enter_context(connected(district)) for _ in range(20)]
        for line in lines:
            with suppress(ConnectionError):
                line.sendall(sent)
        assert {status_of(answer_of(line)) for line in lines} == {413}
    assert memory_mb(district) < before + 60


def memory_mb(district: DistrictProcess) -> float:
    assert district.process is not None
    status = Path(f"/proc/{district.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
