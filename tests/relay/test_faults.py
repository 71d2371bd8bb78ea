"""A district that is down, slow or lying: nothing is lost, nothing is believed without proof."""

from collections.abc import Callable

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.keys import compact, digest, payload_bytes, payload_of, sign
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, KIT, StandInDistrict, now_text, problem

type Answer = Callable[[StandInDistrict, list[str]], web.StreamResponse]


def results(tokens: list[str], **changes: str) -> list[dict[str, str]]:
    return [
        {"id": payload_of(t)["id"], "digest": digest(payload_bytes(t)), "status": "durable"}
        | changes
        for t in tokens
    ]


def unsigned(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response({"ack": {"kit": KIT, "results": results(tokens)}})


def wrong_digest(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response({"ack": district.ack(results(tokens, digest=digest(b"other")))})


def wrong_id(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response({"ack": district.ack(results(tokens, id="h-testhome1.99.quiet"))})


def strange_key(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    ack = district.ack(results(tokens), Ed25519PrivateKey.generate())
    return web.json_response({"ack": ack})


def kits_own_echo(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response({"ack": tokens[0]})


def wrong_type(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    payload = {"kit": KIT, "now": now_text(), "results": results(tokens)}
    return web.json_response({"ack": sign(payload, district.current, "anshim-session+jws")})


def other_kit(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    payload = {"kit": "k-another01", "now": now_text(), "results": results(tokens)}
    return web.json_response({"ack": sign(payload, district.current, "anshim-ack+jws")})


def no_algorithm(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    payload = {"kit": KIT, "now": now_text(), "results": results(tokens)}
    ack = sign(payload, district.current, "anshim-ack+jws", alg="none")
    return web.json_response({"ack": ack})


def only_later(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    ack = district.ack(results(tokens, status="later", reason="busy"))
    return web.json_response({"ack": ack})


def unknown_status(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response({"ack": district.ack(results(tokens, status="fine"))})


def garbage(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.Response(body=b"\x00\x01<html>", content_type="application/json")


def strange_json(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.json_response([1, {"ack": None}])


def bare_success(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.Response(status=204)


def error(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return web.Response(status=500)


def refusal(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    return problem(400, "schema")


def redirect(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    raise web.HTTPTemporaryRedirect(f"{district.url}/v1/elsewhere")


def early_close(district: StandInDistrict, tokens: list[str]) -> web.StreamResponse:
    raise ConnectionResetError


LIES: list[Answer] = [
    unsigned, wrong_digest, wrong_id, strange_key, kits_own_echo, wrong_type, other_kit,
    no_algorithm, only_later, unknown_status, garbage, strange_json, bare_success, error, refusal,
    redirect, early_close,
]  # fmt: skip


@pytest.mark.parametrize("answer", LIES, ids=lambda answer: answer.__name__)
async def test_only_a_true_ack_ends_the_debt(
    relay: RelayProcess, district: StandInDistrict, answer: Answer
) -> None:
    lies = 0

    def lie(tokens: list[str]) -> web.StreamResponse | None:
        nonlocal lies
        lies += 1
        return answer(district, tokens) if lies == 1 else None

    district.lie = lie
    await relay.post(event(7, "emergency"))
    await until(lambda: lies)
    await relay.nothing_waits()

    assert lies > 1
    assert list(district.stand.durable) == ["h-testhome1.7.emergency"]


async def test_while_the_district_is_down_events_wait_and_then_all_arrive(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await district.close()
    for version in range(1, 21):
        assert (await relay.post(event(version)))[0] == 202
    status = await relay.status()
    assert (status["destinations"][0]["waiting"], status["queue"]["alert"]) == (20, 20)

    await district.open()
    await relay.nothing_waits()
    assert len(district.stand.durable) == 20
    assert [e["seq"] for e in district.stand.durable.values()] == list(range(1, 21))


async def test_one_event_that_must_wait_does_not_hold_back_the_others(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.answers_later = {"h-testhome1.1.quiet"}
    await relay.post([event(n) for n in range(1, 6)])
    await relay.waits_only(1)
    assert len(district.stand.durable) == 4

    district.answers_later = set()
    await relay.waits_only(0)


async def test_one_event_that_the_district_cannot_bear_does_not_hold_back_the_others(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    bad = "h-testhome1.5.quiet"

    def dislikes(tokens: list[str]) -> web.StreamResponse | None:
        hurt = any(payload_of(token)["id"] == bad for token in tokens)
        return problem(413, "too-large") if hurt else None

    district.lie = dislikes
    await relay.post([event(n) for n in range(1, 10)])
    await until(lambda: len(district.stand.durable) == 8)

    district.lie = None
    await relay.nothing_waits()
    assert bad in district.stand.durable


async def test_a_call_for_help_does_not_wait_behind_a_slow_batch(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.slow.clear()
    await relay.post([event(n) for n in range(1, 40)])
    await until(lambda: district.asked)
    await relay.post(event(50, "emergency"))
    await until(lambda: len(district.asked) > 1)

    assert [payload_of(t)["type"].split(".")[3] for t in district.asked[1]] == ["emergency"]
    district.slow.set()
    await relay.nothing_waits()


async def test_a_call_for_help_overtakes_a_thousand_alerts(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    await district.close()
    for start in range(1, 1001, 50):
        assert (await relay.post([event(n) for n in range(start, start + 50)]))[0] == 202
    assert (await relay.post(event(2000, "emergency")))[0] == 202

    await district.open()
    await relay.nothing_waits()
    assert len(district.stand.durable) == 1001
    assert district.stand.order.index("h-testhome1.2000.emergency") < 200


async def test_a_pause_asked_for_is_kept_by_alerts_and_broken_by_a_call_for_help(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    asked: list[str] = []

    def busy(tokens: list[str]) -> web.StreamResponse | None:
        kinds = {payload_of(token)["type"].split(".")[3] for token in tokens}
        asked.extend(kinds)
        return problem(503, "unavailable", **{"Retry-After": "300"}) if "quiet" in kinds else None

    district.lie = busy
    await relay.post(event(1))
    await until(lambda: asked)
    await relay.post(event(2, "emergency"))
    await until(lambda: "h-testhome1.2.emergency" in district.stand.durable)
    assert asked.count("quiet") <= 2


@pytest.mark.parametrize("status", ["quarantined", "later"])
async def test_what_a_district_answers_that_does_not_know_the_kit_is_owed_until_it_does(
    relay: RelayProcess, district: StandInDistrict, status: str
) -> None:
    asked = 0

    def unknown(tokens: list[str]) -> web.StreamResponse | None:
        nonlocal asked
        asked += 1
        payload = {
            "kit": None,
            "now": now_text(),
            "results": results(tokens, status=status, reason="unknown_key"),
        }
        return web.json_response({"ack": sign(payload, district.current, "anshim-ack+jws")})

    district.lie = unknown
    await relay.post(event(1, "emergency"))
    await until(lambda: asked >= 2)
    destination = (await relay.status())["destinations"][0]
    assert (destination["waiting"], destination["connected"]) == (1, False)
    assert destination["reason"] == "kit-not-accepted"

    district.lie = None
    await relay.nothing_waits()
    assert list(district.stand.durable) == [event(1, "emergency")["id"]]


async def test_an_ack_by_the_pinned_successor_is_believed(
    relay: RelayProcess, district: StandInDistrict
) -> None:
    district.lie = lambda tokens: web.json_response(
        {"ack": district.ack(results(tokens), district.successor)}
    )
    await relay.post(event(1))
    await relay.nothing_waits()


async def test_a_big_backlog_leaves_in_requests_that_the_contract_allows(
    make: Make, district: StandInDistrict
) -> None:
    sizes: list[tuple[int, int]] = []

    def weigh(tokens: list[str]) -> None:
        sizes.append((len(tokens), len(compact({"events": tokens}))))

    async with make(enrolment_code=CODE) as relay:
        for start in range(1, 201, 50):
            heavy = [event(n, data={"x": "y" * 12000}) for n in range(start, start + 50)]
            assert (await relay.post(heavy))[0] == 202
        district.lie = weigh
        relay.options["district_url"] = district.url
        await relay.restart()
        await relay.nothing_waits()
    assert max(count for count, _ in sizes) <= 100
    assert max(size for _, size in sizes) <= 1024 * 1024
