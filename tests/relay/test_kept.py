from tests.relay.support.events import event
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import KIT, StandInDistrict


async def test_an_alert_is_kept_then_delivered_once(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    status, answer = await relay.post(event(7))

    assert status == 202
    assert answer["kept"] == [{"id": "h-testhome1.7.quiet", "status": "kept"}]
    await until(lambda: "h-testhome1.7.quiet" in district.stand.durable)
    delivered = district.stand.durable["h-testhome1.7.quiet"]
    assert delivered["source"] == f"urn:anshim:kit:{KIT}"
    assert delivered["seq"] == 1
    await relay.nothing_waits()
