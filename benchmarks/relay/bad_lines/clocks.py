"""Clocks that are ten years off, at the start of an enrolled kit or in the middle of its life.

The clock starts with the 202. TLS is judged by dates, and the district's own certificate is good
for a day, so that a wrong clock is a fault of the line as well.
"""

import asyncio
import os
from pathlib import Path
import tempfile

from benchmarks.relay.bad_lines.faults import Found
from tests.relay.support.authority import Authority
from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, StandInDistrict

TEN_YEARS = "3650d"
# What the clock says at the start, and what it says later.
CLOCKS = {
    "10 years ahead at the start": (f"+{TEN_YEARS}", None),
    "10 years behind at the start": (f"-{TEN_YEARS}", None),
    "jumps 10 years ahead": ("+0", f"+{TEN_YEARS}"),
    "jumps 10 years back": ("+0", f"-{TEN_YEARS}"),
}
LIMIT_S = 5.0
ENDS_WITHIN_S = 10.0


async def measured(name: str, times: int, *, folder: Path) -> Found:
    found = Found()
    for _ in range(times):
        with tempfile.TemporaryDirectory(dir=folder) as own:
            await one(*CLOCKS[name], found, Path(own))
    return found


async def one(at_start: str, later: str | None, found: Found, folder: Path) -> None:
    """1. enrolled by the right clock; 2. started by another; 3. told something; 4. it jumps."""
    authority, district = Authority(folder / "authority"), StandInDistrict()
    await district.open(tls=authority.server())
    relay = RelayProcess(folder / "relay", district_url=district.url, enrolment_code=CODE,
                         district_ca=str(authority.file))  # fmt: skip
    await relay.start()
    await relay.said("enrolled")
    await relay.end()
    clock = folder / "clock"
    clock.write_text(at_start, encoding="ascii")
    process = relay.launch_cold(environment(clock))
    try:
        await relay.connect()
        if later is not None:
            await says(relay, district, 1, Found())
            # In one step: libfaketime ends a program that finds this file empty.
            clock.with_suffix(".new").write_text(later, encoding="ascii")
            clock.with_suffix(".new").replace(clock)
        await says(relay, district, 2, found)
    finally:
        await relay.end()
        await asyncio.to_thread(process.wait, ENDS_WITHIN_S)
        await district.close()
    found.new_twice += len(district.stand.signed_twice)


async def says(relay: RelayProcess, district: StandInDistrict, number: int, found: Found) -> None:
    clock = asyncio.get_running_loop().time
    kept = [event(2 * number, "knock"), event(2 * number + 1, "emergency")]
    await relay.post(kept)
    began = clock()
    ids = {message["id"] for message in kept}
    try:
        await until(lambda: ids <= district.stand.durable.keys())
    except TimeoutError:
        found.lost += len(ids - district.stand.durable.keys())
    found.seconds.append(clock() - began)


def environment(clock: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": os.environ["ANSHIM_FAKETIME"],
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
