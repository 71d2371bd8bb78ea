"""A technician enrols the device on its page: with the code on the paper, or the QR code's text."""

from collections.abc import AsyncIterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import pytest

from tests.relay.conftest import Make
from tests.relay.support.events import event
from tests.relay.support.keys import jwk, thumbprint
from tests.relay.support.page import PageReader
from tests.relay.support.process import RelayProcess, until
from tests.relay.support.stand_in_district import CODE, KIT, StandInDistrict


@pytest.fixture
async def relay(make: Make) -> AsyncIterator[RelayProcess]:
    """As it comes out of its box: nobody has told it anything."""
    async with make(page_port=0) as relay:
        yield relay


@pytest.fixture
async def page(relay: RelayProcess) -> AsyncIterator[PageReader]:
    async with PageReader(relay) as page:
        yield page


def qr(district: StandInDistrict, **changes: str) -> str:
    parts = {"u": district.url, "c": CODE, "k": thumbprint(jwk(district.current))} | changes
    return "anshim:enrol?" + "&".join(f"{name}={value}" for name, value in parts.items())


async def test_what_was_kept_before_is_delivered_once_the_qr_text_is_entered(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    assert "Not enrolled yet Enter the code" in (await page.get()).text
    await relay.post(event(1, "emergency"))
    assert "1 message is kept here until this device is enrolled" in (await page.get()).text
    entered = await page.send("/enrol", code=qr(district))
    assert (entered.status, entered.headers["Location"]) == (303, "./")
    await relay.nothing_waits()
    assert list(district.stand.durable) == [event(1, "emergency")["id"]]
    enrolled = await page.get()
    assert KIT in enrolled.text
    assert "Enrol this device" not in enrolled.text


async def test_a_restart_finds_the_district_that_was_entered(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    await page.send("/enrol", code=CODE.lower(), url=district.url)
    await relay.said("enrolled")
    await relay.restart()
    await relay.post(event(1))
    await relay.nothing_waits()
    assert len(district.enrolments) == 1


async def test_the_options_word_goes_before_what_was_entered(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    """Whoever writes a new address there moves the kit."""
    await page.send("/enrol", code=CODE, url=district.url)
    await relay.said("enrolled")
    await relay.end()
    (relay.data / "district.json").write_text('{"version": 1, "url": "http://127.0.0.1:1"}')
    relay.options["district_url"] = district.url
    await relay.start()
    await relay.post(event(1))
    await relay.nothing_waits()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"code": ""}, "neither a code of 20 characters nor"),
        ({"code": "1234"}, "neither a code of 20 characters nor"),
        ({"code": CODE}, "This address cannot be used"),
        ({"code": CODE, "url": "http://district.example"}, "This address cannot be used"),
        ({"code": CODE, "url": "javascript:alert(1)"}, "This address cannot be used"),
        ({"code": CODE, "url": "http://127.0.0.1:1", "key": "zz"}, "The key has 43 characters"),
        ({"code": CODE, "url": "http://127.0.0.1:1"}, "The district cannot be reached"),
    ],
    ids=["nothing", "short", "no_address", "no_tls", "script", "key", "away"],
)
async def test_what_is_wrong_is_said_beside_what_was_typed(
    page: PageReader, fields: dict[str, str], said: str
) -> None:
    answer = await page.send("/enrol", **fields)
    assert answer.status == 422
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.html
    for typed in filter(None, fields.values()):
        assert f'value="{typed}"' in answer.html


async def test_what_is_typed_is_text_and_nothing_else(page: PageReader) -> None:
    answer = await page.send("/enrol", code='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.html


async def test_a_code_that_the_district_does_not_know_can_be_corrected(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    wrong = await page.send("/enrol", code=qr(district, c="0" * 20))
    assert wrong.status == 422
    assert "The district does not know this code" in wrong.text
    assert (await page.send("/enrol", code=CODE)).status == 303
    await relay.said("enrolled")


async def test_another_district_than_on_the_paper_is_not_believed(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    other = thumbprint(jwk(Ed25519PrivateKey.generate()))
    answer = await page.send("/enrol", code=qr(district, k=other))
    assert "Whoever answered has another key than the paper says" in answer.text
    assert (await relay.status())["kit"] is None


async def test_the_page_cannot_send_a_configured_kit_to_another_district(
    make: Make, district: StandInDistrict
) -> None:
    async with make(page_port=0, district_url=district.url) as relay, PageReader(relay) as page:
        answer = await page.send("/enrol", code=CODE, url="http://127.0.0.1:9")
        assert "must not differ from the one in the app&#39;s configuration" in answer.html
        assert (await page.send("/enrol", code=CODE)).status == 303
        await relay.said("enrolled")


async def test_one_enrolment_never_replaces_another(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    """A page that was left open must not move the kit to another household."""
    await page.send("/enrol", code=qr(district))
    await until(lambda: district.stand.hellos)
    district.code, district.household = "0" * 20, "h-anotherhome"
    assert (await page.send("/enrol", code="0" * 20)).status == 303
    assert (await relay.status())["household"] != "h-anotherhome"
    assert len(district.enrolments) == 1


async def test_an_address_that_cannot_be_read_any_more_is_asked_for_again(
    relay: RelayProcess, page: PageReader, district: StandInDistrict
) -> None:
    await relay.end()
    unreadable = (b"\xff", b"[]", b'{"url": 5}', b'{"url": "http://far.example"}', b"{}")
    for version, content in enumerate(unreadable, start=1):
        (relay.data / "district.json").write_bytes(content)
        await relay.restart()
        await relay.said("district_address_lost")
        assert (await relay.post(event(version)))[0] == 202
