"""What becomes of a press: heard, said aloud, and never quietly lost."""

from collections.abc import Iterator

from playwright.sync_api import Browser, expect
import pytest

from tests.browser.resident_stand import PHONE, Stand, scenes, stand

OK, HELP = "괜찮아요", "도와주세요"
HELP_HEARD = "도와 달라는 말씀을 받았어요. 담당 기관에 알리고 있어요."
HELP_WAITS = "연결이 끊겨 아직 도움을 청하지 못했어요. 계속 전해 볼게요. 급하시면 119에 전화하세요."
OK_HEARD = "네, 괜찮으시다고 적어 두었어요. 고맙습니다."
OK_WAITS = "연결이 끊겨 아직 전하지 못했어요. 계속 전해 볼게요."


@pytest.fixture
def page(browser: Browser) -> Iterator[Stand]:
    """A page in a calm home; its clock stands until it is told to go on."""
    for window in stand(browser, PHONE):
        window.page.clock.install(time="2026-11-22T00:29:10+00:00")
        window.open(scenes()["calm"]["home"])
        window.page.clock.pause_at("2026-11-22T01:00:00+00:00")
        yield window


def press(window: Stand, name: str) -> None:
    window.page.get_by_role("button", name=name).click()


def after(window: Stand, seconds: float) -> None:
    """Time goes by on the page."""
    window.page.clock.run_for(int(seconds * 1000))


def expect_said(window: Stand, *sentences: str) -> None:
    """On the screen the newest, aloud all of them."""
    expect(window.page.locator(".notice")).to_have_text(sentences[-1])
    assert [sentence for _, sentence in window.spoken] == list(sentences)


def test_help_is_passed_on_at_once_and_confirmed_aloud(page: Stand) -> None:
    press(page, HELP)
    expect_said(page, HELP_HEARD)
    assert page.spoken[0][0] == "ko-KR"
    (sent,) = page.pressed
    assert (sent["says"], sent["home"], sent["age"]) == ("help", "the-entry", 0)


def test_ok_is_confirmed_aloud(page: Stand) -> None:
    press(page, OK)
    expect_said(page, OK_HEARD)


def test_ok_in_an_emergency_does_not_say_that_it_is_over(page: Stand) -> None:
    page.open_scene("help_received")
    press(page, OK)
    expect_said(page, "괜찮으시다고 전했어요. 담당자가 한 번 더 확인할 거예요.")


def test_without_a_line_help_says_so_aloud_and_arrives_when_the_line_is_back(page: Stand) -> None:
    page.line(up=False)
    expect(page.page.locator(".lost")).to_be_visible()
    press(page, HELP)
    expect_said(page, HELP_WAITS)
    expect(page.page.get_by_role("link", name="119에 전화하기")).to_be_visible()
    after(page, 20 * 60)
    assert page.pressed == []

    page.line(up=True)
    expect(page.page.locator(".notice")).to_have_text(HELP_HEARD)
    expect(page.page.locator(".lost")).to_be_hidden()
    (sent,) = page.pressed
    assert sent["age"] >= 20 * 60


def test_whoever_waits_for_help_is_told_every_minute_that_it_has_not_arrived(page: Stand) -> None:
    page.line(up=False)
    press(page, HELP)
    after(page, 10)
    expect_said(page, HELP_WAITS)
    after(page, 60)
    expect_said(page, HELP_WAITS, HELP_WAITS)


def test_a_line_that_looks_alive_but_does_not_answer_is_renewed_and_help_said_again(
    page: Stand,
) -> None:
    page.mood("silent")
    press(page, HELP)
    after(page, 2)
    assert page.spoken == []
    after(page, 1.5)
    expect_said(page, HELP_WAITS)
    after(page, 4.6)
    assert page.page.evaluate("connection.renewed") == 1

    page.mood("answers")
    after(page, 1)
    expect_said(page, HELP_WAITS, HELP_HEARD)
    # The home knows by its number that it is the same press.
    first, second = page.pressed
    assert first["press"] == second["press"]


def test_help_outlives_the_page(page: Stand) -> None:
    page.line(up=False)
    press(page, HELP)
    expect_said(page, HELP_WAITS)

    home = scenes()["calm"]["home"]
    page.open(home)
    expect_said(page, HELP_HEARD)
    (sent,) = page.pressed
    assert sent["says"] == "help"

    page.open(home)
    expect(page.page.get_by_role("button", name=HELP)).to_be_visible()
    after(page, 10)
    assert page.pressed == []


def test_an_ok_that_could_not_be_passed_on_for_a_minute_has_to_be_said_anew(page: Stand) -> None:
    page.line(up=False)
    press(page, OK)
    expect_said(page, OK_WAITS)
    after(page, 70)
    expect_said(page, OK_WAITS, "괜찮다는 말씀을 전하지 못했어요. 다시 한번 눌러 주세요.")
    page.line(up=True)
    after(page, 10)
    assert page.pressed == []

    press(page, OK)
    expect(page.page.locator(".notice")).to_have_text(OK_HEARD)
    (sent,) = page.pressed
    assert sent["age"] == 0


def test_ok_does_not_take_back_a_help_that_is_still_on_its_way(page: Stand) -> None:
    page.line(up=False)
    press(page, HELP)
    press(page, OK)
    page.line(up=True)
    after(page, 10)
    assert {sent["says"] for sent in page.pressed} == {"help", "ok"}


def test_one_touch_of_an_unsteady_hand_is_one_press(page: Stand) -> None:
    button = page.page.get_by_role("button", name=HELP)
    button.click(click_count=3)
    expect_said(page, HELP_HEARD)
    assert len(page.pressed) == 1

    after(page, 2)
    button.click()
    after(page, 1)
    assert len({sent["press"] for sent in page.pressed}) == 2


def test_pressing_again_while_help_waits_says_again_that_it_waits(page: Stand) -> None:
    page.line(up=False)
    press(page, HELP)
    after(page, 2)
    press(page, HELP)
    expect_said(page, HELP_WAITS, HELP_WAITS)
    page.line(up=True)
    after(page, 10)
    assert len(page.pressed) == 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("unauthorized", "이 화면에서는 전할 수 없어요. 급하시면 119에 전화하세요."),
        ("not_allowed", "전해지지 않았어요. 급하시면 119에 전화하세요."),
        ("not_found", "이 집을 찾을 수 없어 전하지 못했어요. 급하시면 119에 전화하세요."),
    ],
)
def test_a_press_that_reaches_nobody_says_so(page: Stand, code: str, sentence: str) -> None:
    page.mood(code)
    press(page, HELP)
    expect_said(page, sentence)
    expect(page.page.get_by_role("link", name="119에 전화하기")).to_be_visible()
    after(page, 60)
    assert len(page.pressed) == 1


@pytest.mark.parametrize("code", ["not_ready", "unknown_error", "unknown_command"])
def test_a_home_that_is_starting_hears_help_when_it_is_there(page: Stand, code: str) -> None:
    page.mood(code)
    press(page, HELP)
    expect_said(page, HELP_WAITS)
    page.mood("answers")
    after(page, 6)
    expect_said(page, HELP_WAITS, HELP_HEARD)


def test_after_a_restart_the_page_asks_until_the_household_is_there(page: Stand) -> None:
    page.line(up=False)
    page.page.evaluate("connection.starting = true")
    page.line(up=True)
    after(page, 7)
    page.page.evaluate("connection.starting = false")
    after(page, 4)
    page.show(scenes()["knock"]["home"])
    expect(page.page.get_by_role("heading", level=1)).to_have_text("괜찮으세요?")


def test_a_device_without_a_voice_sounds_two_tones(page: Stand) -> None:
    page.page.evaluate(
        """() => {
            Object.defineProperty(window, 'speechSynthesis', { value: undefined });
            window.tones = 0;
            const Real = OscillatorNode;
            window.OscillatorNode = class extends Real {
                start(...when) { window.tones += 1; super.start(...when); }
            };
        }"""
    )
    press(page, HELP)
    expect(page.page.locator(".notice")).to_have_text(HELP_HEARD)
    page.page.wait_for_function("window.tones === 2", polling=50)


def test_in_english_it_speaks_english(browser: Browser) -> None:
    for window in stand(browser, PHONE):
        window.open(scenes()["calm"]["home"], language="en")
        press(window, "Help me")
        expect(window.page.locator(".notice")).to_be_visible()
        window.page.wait_for_function("spoken.length === 1")
        assert window.spoken == [
            ["en-GB", "Your call for help was heard. Your care centre is being told."]
        ]


def test_the_confirmation_gives_way_after_a_minute_and_the_state_stays(page: Stand) -> None:
    press(page, HELP)
    expect_said(page, HELP_HEARD)
    page.show(scenes()["help_received"]["home"])
    after(page, 121)
    expect(page.page.locator(".notice")).to_be_hidden()
    expect(page.page.get_by_role("heading", level=1)).to_have_text("도와 달라고 하셨어요.")


TAKE_BACK = "잘못 눌렀어요"


def test_a_call_that_was_none_is_taken_back_within_seconds(page: Stand) -> None:
    page.open_scene("help_just_called")
    press(page, TAKE_BACK)
    expect_said(page, "알겠어요. 잘못 누르셨다고 알릴게요.")
    assert [sent["says"] for sent in page.pressed] == ["take_back"]


def test_whoever_takes_it_back_too_late_is_not_told_that_it_is_over(page: Stand) -> None:
    page.open_scene("help_just_called")
    page.page.evaluate("() => { connection.takesBack = false; }")
    press(page, TAKE_BACK)
    expect(page.page.locator(".notice")).to_contain_text("이미 도움을 청한 뒤예요.")


def test_after_some_seconds_there_is_nothing_to_take_back(page: Stand) -> None:
    page.open_scene("help_just_called")
    button = page.page.get_by_role("button", name=TAKE_BACK)
    expect(button).to_be_visible()
    after(page, 21)
    expect(button).to_be_hidden()
    expect(page.page.get_by_role("button", name=HELP)).to_be_visible()


def test_nobody_takes_back_what_they_did_not_call(page: Stand) -> None:
    expect(page.page.get_by_role("button", name=TAKE_BACK)).to_be_hidden()


def test_the_page_says_which_of_the_family_was_told_and_who_could_not_be_reached(
    page: Stand,
) -> None:
    page.open_scene("help_just_called")
    lines = page.page.locator(".lines")
    expect(lines).to_contain_text("민지님께 알렸어요.")
    expect(lines).to_contain_text("준호님께는 아직 닿지 않았어요. 계속 알릴게요.")
