import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event, heartbeat
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, HOUSEHOLD, KIT, StandInDistrict


async def test_an_alert_is_kept_then_delivered(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    status, answer = await relay.post(event(7))

    assert status == 202
    assert answer["kept"] == [{"id": "h-testhome1.7.quiet", "status": "kept"}]
    await until(lambda: "h-testhome1.7.quiet" in district.stand.durable)
    delivered = district.stand.durable["h-testhome1.7.quiet"]
    assert delivered["source"] == f"urn:anshim:kit:{KIT}"
    assert (delivered["seq"], delivered["data"]) == (1, event(7)["data"])
    await relay.nothing_waits()


async def test_a_repeat_is_answered_as_such_and_delivered_once(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    first = event(7)
    await relay.post(first)
    status, answer = await relay.post(first)

    assert (status, answer["kept"][0]["status"]) == (202, "repeat")
    await relay.nothing_waits()
    assert district.stand.order == ["h-testhome1.7.quiet"]


async def test_a_repeat_in_other_order_and_with_other_stamps_is_still_a_repeat(
    relay: RelayProcess,
) -> None:
    first = event(7)
    await relay.post(first)
    again = dict(reversed(list(first.items()))) | {"epoch": "other", "seq": 12}

    assert (await relay.post(again))[1]["kept"][0]["status"] == "repeat"


async def test_the_same_id_with_other_content_is_a_conflict_that_names_the_highest_version(
    relay: RelayProcess,
) -> None:
    await relay.post(event(7))
    await relay.post(event(9))
    status, problem = await relay.post(event(7, data={"restored": True}))

    assert status == 409
    assert problem["type"] == "urn:anshim:problem:id-conflict"
    assert problem["householdversion"] == 9
    assert (await relay.status())["highwater"]["householdversion"] == 9


async def test_a_batch_is_kept_together_or_not_at_all(
    make: Make, district: StandInDistrict
) -> None:
    async with make() as relay:
        await relay.post(event(3))
        status, _ = await relay.post([event(4), event(3, data={"other": 1}), event(5)])
        assert status == 409
        assert (await relay.status())["queue"]["alert"] == 1

        fourth = event(4)
        status, answer = await relay.post([fourth, heartbeat(), event(5), fourth])
        assert status == 202
        statuses = [kept["status"] for kept in answer["kept"]]
        assert statuses == ["kept", "noted", "kept", "repeat"]


async def test_kinds_and_members_that_nobody_knows_yet_are_delivered_as_they_are(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    future = event(7, "weather", mood="grey", data={"deep": {"er": [1, None, "비"]}})
    assert (await relay.post(future))[0] == 202

    delivered = await until(lambda: district.stand.durable.get(future["id"]))
    stamped = {"source", "epoch", "seq"}
    assert {k: v for k, v in delivered.items() if k not in stamped} == {
        k: v for k, v in future.items() if k not in stamped
    }


async def test_an_event_without_a_time_passes_untouched(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    timeless = event(7)
    del timeless["time"]
    assert (await relay.post(timeless))[0] == 202

    delivered = await until(lambda: district.stand.durable.get(timeless["id"]))
    assert "time" not in delivered
    assert (delivered["bootid"], delivered["uptime"]) == ("b-test", 100)


async def test_what_was_kept_before_enrolment_is_signed_and_delivered_after_it(
    district: StandInDistrict, make: Make
) -> None:
    async with make() as relay:
        await relay.post([event(1), event(2, "emergency")])
        assert (await relay.status())["kit"] is None
        relay.options |= {"district_url": district.url, "enrolment_code": CODE}
        await relay.restart()
        await relay.nothing_waits()

    assert {e["seq"] for e in district.stand.durable.values()} == {1, 2}
    assert {e["source"] for e in district.stand.durable.values()} == {f"urn:anshim:kit:{KIT}"}


async def test_another_household_is_refused_once_the_kit_has_its_own(relay: RelayProcess) -> None:
    status, problem = await relay.post(event(1, subject="h-stranger1"))

    assert (status, problem["type"]) == (403, "urn:anshim:problem:foreign-subject")
    assert problem["errors"] == [{"field": "/subject", "reason": "value"}]


@pytest.mark.parametrize("kind", ["quiet", "emergency", "trouble", "drill"])
async def test_the_queue_is_shown_by_priority(make: Make, kind: str) -> None:
    async with make() as relay:
        message = event(1, kind)
        await relay.post(message)
        queue = (await relay.status())["queue"]

    assert queue[message["priority"]] == 1
    assert sum(queue[name] for name in ("emergency", "alert", "trouble", "routine")) == 1
    assert queue["oldest_s"] >= 0


async def test_numbers_go_on_after_a_restart(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await relay.post(event(1))
    before = (await relay.status())["highwater"]
    await relay.restart()
    assert (await relay.status())["highwater"] == before
    await relay.post(event(2))

    delivered = await until(lambda: district.stand.durable.get(f"{HOUSEHOLD}.2.quiet"))
    assert (delivered["epoch"], delivered["seq"]) == (before["epoch"], before["seq"] + 1)
