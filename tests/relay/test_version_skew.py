"""Relay, home and district two minor versions apart, either way: kept, delivered, and seen."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import re
import shutil
from typing import Any

import pytest

from anshim_relay import CONTRACT
from tests.contract.contract_files import EXAMPLES
from tests.district.support.process import DistrictProcess
from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.page import PageReader
from tests.relay.support.process import SRC, RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

MAJOR, MINOR = (int(part) for part in CONTRACT.split("."))
APART = [f"{MAJOR}.{max(0, MINOR - 2)}", f"{MAJOR}.{MINOR + 2}"]
# What nobody of today has words for, beside what everybody knows.
NEWER: dict[str, Any] = {"weather": "frost", "moon": {"phase": 0.5, "seen": [True, None]}}


@pytest.fixture(params=APART, ids=["older", "newer"])
def contract(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


@pytest.fixture
async def district(tmp_path: Path) -> AsyncIterator[DistrictProcess]:
    """The real one, of today."""
    district = DistrictProcess(folder=tmp_path / "district")
    district.start()
    yield district
    district.end()


@pytest.fixture
async def relay_of_stand_in(make: Make) -> AsyncIterator[tuple[RelayProcess, StandInDistrict]]:
    district = StandInDistrict()
    await district.open()
    async with make(district_url=district.url, enrolment_code=CODE) as relay:
        await relay.said("enrolled")
        yield relay, district
    await district.close()


def program_of(contract: str, folder: Path) -> dict[str, str]:
    """The relay as it is, but for the version it says it speaks; how it is started."""
    shutil.copytree(SRC, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "anshim_relay" / "__init__.py"
    said = re.sub(r'CONTRACT = "[^"]+"', f'CONTRACT = "{contract}"', file.read_text("utf-8"))
    file.write_text(said, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def of_an_example(kind: str) -> Any:
    file = EXAMPLES / "accepted" / kind / "ordinary.json"
    return json.loads(file.read_text(encoding="utf-8"))["data"]


async def test_a_relay_of_another_version_keeps_and_delivers_to_the_district_of_today(
    district: DistrictProcess, make: Make, tmp_path: Path, contract: str
) -> None:
    issued = json.loads(district.run("enrol").stdout)
    relay = make(district_url=district.url, enrolment_code=issued["code"], page_port=0)
    relay.launch_cold(program_of(contract, tmp_path / "program"))
    await relay.connect()
    await relay.said("enrolled")
    assert (await relay.status())["contract"] == contract
    home: dict[str, Any] = {"subject": issued["household"]}
    home["source"] = f"urn:anshim:home:{issued['household']}"
    said = [
        event(1, "emergency", **home, data=of_an_example("emergency")),
        event(2, "quiet", **home, data=of_an_example("quiet"), **NEWER),
        event(3, "quiet", **home, type="kr.anshim.knock.weather.v1"),
        event(4, "knock", **home, type="kr.anshim.knock.knock.v2"),
    ]
    for one in said:
        assert (await relay.post(one))[0] == 202, one
    async with PageReader(relay) as page:
        assert (await page.send("/drill")).status == 303
    await relay.nothing_waits()
    carried = [line for line in relay.log() if line["what"] == "carried"]
    answers = {
        name: sum(line.get(name, 0) for line in carried) for name in ("durable", "quarantined")
    }
    # What nobody knows yet is set aside for a person: that is delivered as well.
    assert answers == {"durable": 3, "quarantined": 2}
    assert {d["connected"] for d in (await relay.status())["destinations"]} == {True}


async def test_what_a_newer_district_adds_to_its_answers_is_passed_over(make: Make) -> None:
    """In everything it says: enrolment, session, acks, heartbeats, what it sends down."""
    newer = StandInDistrict()
    newer.more = NEWER
    await newer.open()
    async with make(district_url=newer.url, enrolment_code=CODE) as relay:
        await relay.said("enrolled")
        await until(lambda: newer.stand.heartbeats)
        sent = newer.send_down(**NEWER, type="kr.anshim.knock.weather.v1")
        await relay.post([event(1), event(2, "emergency")])
        await relay.nothing_waits()
        [message] = (await relay.downlink())["messages"]
        assert message["event"]["id"] == sent
        assert message["event"]["weather"] == "frost"
    await newer.close()
    assert len(newer.stand.durable) == 2


async def test_a_status_that_a_newer_district_invents_ends_no_debt(
    relay_of_stand_in: tuple[RelayProcess, StandInDistrict],
) -> None:
    relay, district = relay_of_stand_in
    district.says_instead = "framed"
    await relay.post(event(1, "emergency"))
    await until(lambda: len(district.asked) >= 2)
    assert (await relay.status())["queue"]["emergency"] == 1
    district.says_instead = None
    await relay.nothing_waits()


async def test_what_a_newer_home_says_is_kept_and_goes_up_as_it_was_said(
    relay_of_stand_in: tuple[RelayProcess, StandInDistrict],
) -> None:
    """Each of the contract's examples of a later minor version, of a major one, and a new kind."""
    relay, district = relay_of_stand_in
    files = [
        *EXAMPLES.glob("accepted/*/newer_*.json"),
        *EXAMPLES.glob("accepted/*/unknown_kind.json"),
    ]
    subject = {"subject": district.household, "source": f"urn:anshim:home:{district.household}"}
    said = {}
    for number, file in enumerate(sorted(files)):
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.get("source", "").startswith("urn:anshim:home:"):
            said[f"newer.{number}"] = document | subject | {"id": f"newer.{number}"}
    assert len(said) >= 12
    for one in said.values():
        assert (await relay.post(one))[0] == 202, one
    await relay.nothing_waits()
    assert set(district.stand.durable) == set(said)
    for id_, arrived in district.stand.durable.items():
        stamped = {"source": arrived["source"], "epoch": arrived["epoch"], "seq": arrived["seq"]}
        assert arrived == said[id_] | stamped
