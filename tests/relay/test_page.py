"""The page for whoever stands before the device, over HTTP as the ingress asks for it."""

import asyncio
from collections.abc import AsyncIterator
import json
from pathlib import Path
import re

import pytest

from anshim_relay.page.texts import LANGUAGES, lasting
from tests.contract.contract_files import faults
from tests.relay.conftest import Make
from tests.relay.support.control_centre import ControlCentre
from tests.relay.support.events import event
from tests.relay.support.page import Answer, PageReader
from tests.relay.support.process import DEADLINE_S, TOKEN, RelayProcess
from tests.relay.support.stand_in_district import CODE, KIT, StandInDistrict

TEXTS = Path(__file__).parents[2] / "addon/relay/src/anshim_relay/page/texts"
INGRESS = {"X-Ingress-Path": "/api/hassio_ingress/abc-DEF_1"}


@pytest.fixture
async def relay(district: StandInDistrict, make: Make) -> RelayProcess:
    relay = make(district_url=district.url, enrolment_code=CODE, page_port=0)
    await relay.start()
    await relay.said("connected")
    return relay


@pytest.fixture
async def page(relay: RelayProcess) -> AsyncIterator[PageReader]:
    async with PageReader(relay) as page:
        yield page


async def shows(page: PageReader, pattern: str) -> Answer:
    async with asyncio.timeout(DEADLINE_S):
        answer = await page.get()
        while not re.search(pattern, answer.text):
            await asyncio.sleep(0.05)
            answer = await page.get()
    return answer


async def test_it_says_first_whether_the_district_is_reached_and_what_waits(
    page: PageReader, relay: RelayProcess, district: StandInDistrict
) -> None:
    calm = await page.get()
    assert re.search(r"Connected to the district since \d\d:\d\d Nothing waits here", calm.text)
    await district.close()
    await relay.post([event(1, "visit"), event(2, "visit")])
    cut = await shows(page, "Cut off just now")
    assert "2 messages are kept here" in cut.text
    assert "The address is not reached" in cut.text
    await relay.post(event(3, "emergency"))
    grave = await shows(page, "1 of them is a call for help. Telephone the district now")
    assert "3 messages are kept here" in grave.text


async def test_it_says_that_something_is_on_its_way_and_that_nothing_ever_was(
    page: PageReader, relay: RelayProcess, district: StandInDistrict
) -> None:
    district.slow.clear()
    await relay.post(event(1))
    assert re.search(
        r"Connected to the district since \d\d:\d\d Sending: 1", (await page.get()).text
    )
    district.slow.set()
    await relay.nothing_waits()
    await district.close()
    await relay.restart()
    async with PageReader(relay) as again:
        assert "Started just now, not connected yet" in (await again.get()).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["head.cut", "head.never", "line.down"])
def test_what_has_only_begun_is_not_said_to_have_lasted_nought_seconds(
    language: str, key: str
) -> None:
    said = [lasting(language, key, seconds) for seconds in (0.0, 9.9, 10.0, 59.0, 60.0, 7200.0)]
    assert said[0] == said[1]
    assert not re.search(r"\d", said[0])
    numbers = [re.findall(r"\d+", text) for text in said[2:]]
    assert numbers == [["10"], ["59"], ["1"], ["2"]]


async def test_it_speaks_korean_unless_another_language_is_asked_for(page: PageReader) -> None:
    for asked in ("", "ko-KR,ko;q=0.9,en;q=0.8", "fr", "en;q=0.2, ko;q=0.9"):
        assert "구청과 연결되어 있습니다" in (await page.get(**{"Accept-Language": asked})).text
    assert "Connected to" in (await page.get(**{"Accept-Language": "en-US,en;q=0.9"})).text


async def test_a_language_that_was_chosen_stays_for_this_page_alone(page: PageReader) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', (await page.get()).html)
    assert token is not None
    fields = {"csrf": token[1], "language": "ko"}
    chosen = await page.post("/language", fields, **INGRESS)
    assert (chosen.status, chosen.headers["Location"]) == (303, "./")
    cookie = chosen.cookies["anshim_relay_language"]
    assert cookie["path"] == INGRESS["X-Ingress-Path"]
    assert cookie["samesite"] == "Strict"
    korean = await page.get(Cookie=f"anshim_relay_language={cookie.value}")
    assert "구청과 연결되어 있습니다" in korean.text


async def test_every_address_in_it_is_relative(page: PageReader) -> None:
    html = (await page.get(**INGRESS)).html
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', html)
    assert len(addresses) > 5
    assert [a for a in addresses if a.startswith(("/", "http")) or "//" in a] == []
    for path in ("/static/page.css", "/static/page.js", "/static/icon.svg"):
        assert (await page.get(path)).status == 200


async def test_a_drill_goes_the_real_way_and_its_receipt_is_seen(
    page: PageReader, district: StandInDistrict
) -> None:
    sent = await page.send("/drill")
    assert (sent.status, sent.headers["Location"]) == (303, "./#drill")
    back = await shows(page, "It came back")
    assert re.search(r"Kept on this device in [\d.]+ m?s", back.text)
    assert re.search(r"District: signed receipt back after [\d.]+ m?s", back.text)
    [drill] = district.stand.durable.values()
    assert not faults("drill", drill)
    assert drill["id"].startswith(f"{KIT}.drill-line-")


async def test_a_drill_that_is_on_its_way_is_not_sent_twice(
    page: PageReader, district: StandInDistrict
) -> None:
    district.slow.clear()
    await page.send("/drill")
    await page.send("/drill")
    waiting = await page.get()
    assert "District: waiting for the receipt" in waiting.text
    assert "data-running" in waiting.html
    district.slow.set()
    await shows(page, "It came back")
    assert len(district.stand.durable) == 1


async def test_what_came_back_before_the_line_was_cut_is_no_comfort_now(
    page: PageReader, relay: RelayProcess, district: StandInDistrict
) -> None:
    await page.send("/drill")
    await shows(page, "It came back")
    await district.close()
    await relay.post(event(1))
    assert "It came back" not in (await shows(page, "Cut off just now")).text


async def test_a_control_centre_gets_its_test_signal(district: StandInDistrict, make: Make) -> None:
    async with ControlCentre(None) as centre:
        relay = make(district_url=district.url, enrolment_code=CODE, page_port=0, **centre.options)
        await relay.start()
        await relay.said("enrolled")
        async with PageReader(relay) as page:
            await page.send("/drill")
            await shows(page, r"Control centre: took it after \d")
        assert centre.codes == ["RP"]


async def test_the_drill_of_the_page_does_not_move_the_homes_own_count(
    page: PageReader, relay: RelayProcess
) -> None:
    await relay.post(event(7))
    await page.send("/drill")
    await shows(page, "It came back")
    assert (await relay.status())["highwater"]["householdversion"] == 7


@pytest.mark.parametrize("path", ["/drill", "/language", "/enrol"])
async def test_what_the_page_did_not_send_itself_is_refused(
    page: PageReader, district: StandInDistrict, path: str
) -> None:
    for fields in ({}, {"csrf": "wrong"}, {"csrf": "틀림"}):
        refused = await page.post(path, fields)
        assert refused.status == 403
        assert refused.text.startswith("This was not sent by the page")
    token = re.search(r'name="csrf" value="([^"]+)"', (await page.get()).html)
    assert token is not None
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert (await page.post(path, {"csrf": token[1]}, **foreign)).status == 403
    assert not district.stand.durable


MULTIPART = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"csrf=" + b"a" * 10_000),
        (MULTIPART, b"--x"),
        (MULTIPART, b"--y\r\n\r\n"),
        (
            MULTIPART,
            b'--x\r\nContent-Disposition: form-data; name="csrf"; filename="f"\r\n\r\nz\r\n--x--',
        ),
        ({"Content-Type": "multipart/form-data"}, b"csrf=1"),
        ({"Content-Type": "application/json"}, b'{"csrf": 1}'),
        ({"Content-Type": "application/x-www-form-urlencoded; charset=no-such"}, b"csrf=\xff"),
    ],
    ids=["long", "begun", "strange", "a_file", "no_boundary", "json", "charset"],
)
async def test_a_body_that_is_no_form_of_ours_is_refused_in_one_sentence(
    page: PageReader, headers: dict[str, str], body: bytes
) -> None:
    refused = await page.ask("POST", "/drill", headers=headers, data=body)
    assert 400 <= refused.status < 500
    assert refused.html.count("\n") == 1
    assert "<" not in refused.html
    assert refused.headers["Content-Security-Policy"]


async def test_a_name_that_somebody_else_points_here_is_refused(page: PageReader) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example:80", "[::1", ""):
        refused = await page.get(Host=host)
        assert refused.status in {400, 403}, host
    assert (await page.get(Host="localhost:8099")).status == 200


async def test_nothing_but_the_pages_own_files_may_run_in_it(page: PageReader) -> None:
    for path in ("/", "/live", "/report", "/static/page.js", "/nowhere", "/static/..%2fgate.py"):
        answer = await page.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';"), path
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    html = (await page.get()).html
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", html)


async def test_what_is_not_there_is_one_plain_sentence(page: PageReader) -> None:
    assert (await page.get("/nowhere")).html == "There is no such page.\n"
    assert (await page.ask("PUT", "/", headers={})).html.startswith("This cannot be done this way")
    assert (await page.get("/static/..%2f..%2fidentity.py")).status == 404


async def test_the_report_holds_pseudonyms_and_no_secret(
    page: PageReader, relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.post(event(1, "emergency"))
    await relay.nothing_waits()
    report = await page.get("/report")
    assert report.headers["Content-Disposition"].startswith(
        f'attachment; filename="anshim-relay-{KIT}'
    )
    identity = json.loads((relay.data / "identity.json").read_text(encoding="utf-8"))
    for secret in (TOKEN, CODE, CODE.replace("-", ""), identity["key"], *district.tokens):
        assert secret not in report.html
    assert re.search(
        r"^Connected to the district since \d\d:\d\d\nNothing waits here", report.html, re.MULTILINE
    )
    assert f"kit {KIT}, household {district.household}" in report.html
    korean = await page.get("/report", **{"Accept-Language": "ko"})
    assert "구청과 연결되어 있습니다\n보낼 것이 남아 있지 않습니다." in korean.html
    assert re.search(r"h-testhome1\.1\.emergency kept \S+; district: durable ", report.html)


async def test_a_port_that_is_taken_costs_the_page_and_nothing_else(make: Make) -> None:
    async with make("first", page_port=0) as first:
        port = (await first.said("page_served"))["port"]
        async with make("second", page_port=port) as second:
            await second.said("page_not_served")
            assert (await second.post(event(1)))[0] == 202


async def test_without_being_asked_for_a_plain_program_has_no_page(make: Make) -> None:
    async with make() as relay:
        assert (await relay.post(event(1)))[0] == 202
    assert "page_served" not in relay.log_text()


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    korean, english = (
        json.loads((TEXTS / f"{language}.json").read_text(encoding="utf-8"))
        for language in ("ko", "en")
    )
    assert set(korean) == set(english)
    for key, text in korean.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", english[key])), key
        is_a_name = key.startswith("carrier.") or key in {
            "language.other",
            "look.home",
            "took.ms",
        }
        assert is_a_name or re.search("[가-힣]", text), key
