"""What people say of an alert stands on the case, with who said it, in the reader's language."""

import pytest

from tests.district.support.kit import Kit
from tests.district.support.person import Person


def read(person: Person, page: str) -> str:
    """What stands on it, without the gaps."""
    return " ".join(person.page(page).text.split())


@pytest.mark.parametrize(
    ("word", "by", "shown"),
    [
        ("ok", "guardian", "전한 말: 괜찮다고 함 말한 사람: 보호자"),
        ("coming", "guardian", "전한 말: 가고 있음 말한 사람: 보호자"),
        ("no_answer", "call", "전한 말: 받지 않음 말한 사람: 자동 전화"),
        ("bad_number", "call", "전한 말: 없는 번호 말한 사람: 자동 전화"),
        # A word of a newer home is shown as it is.
        ("sings", "parrot", "전한 말: sings 말한 사람: parrot"),
    ],
)
def test_a_word_is_shown_with_who_said_it(
    person: Person, kit: Kit, word: str, by: str, shown: str
) -> None:
    kit.send(kit.alert("knock"))
    kit.send(kit.alert("knock", said="note", word=word, word_by=by))
    case = person.case_of(kit.household)
    assert case is not None
    assert shown in read(person, f"/cases/{case.id}")


def test_an_emergencys_word_is_shown_in_english_too(person: Person, kit: Kit) -> None:
    kit.send(kit.emergency())
    kit.send(kit.emergency(said="note", word="ok", word_by="resident"))
    case = person.case_of(kit.household)
    assert case is not None
    english = person.client.get(f"/cases/{case.id}", headers={"Accept-Language": "en"})
    assert "Says: all is well" in english.text
    assert "Said by: resident" in english.text


def test_an_ok_by_phone_and_a_stay_in_hospital_say_so_in_the_homes_story(
    person: Person, kit: Kit
) -> None:
    alert = kit.alert("quiet")
    kit.send(alert)
    over = {"episode": alert["data"]["episode"], "by": "resident", "via": "phone"}
    kit.send(kit.decided("resolved", over))
    stay = {"until": "2099-01-01T00:00:00Z", "reason": "hospital"}
    kit.send(kit.decided("absence", {"what": "away", "state": "started", **stay}))
    told = read(person, f"/homes/{kit.household}")
    assert "연락 방법: 휴대전화" in told
    assert "사유: 입원" in told


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        ("seen_well", "home"),
        ("spoken_well", "home"),
        # who was taken away, or was not seen, is not at home whatever was ticked
        ("seen_care", None),
        ("nobody_opened", None),
    ],
)
def test_staff_can_say_that_the_resident_is_at_home_again(
    person: Person, kit: Kit, outcome: str, told: str | None
) -> None:
    kit.send(kit.emergency())
    case = person.case_of(kit.household)
    assert case is not None
    assert "지금 댁에 계심" in read(person, f"/cases/{case.id}")
    person.answer(case.id, "handled", outcome, at_home="1")
    (receipt,) = (one for one in kit.listen() if one["type"].endswith("receipt.v1"))
    assert receipt["data"].get("seen_at") == told
    assert ("계신 곳: 집" in read(person, f"/cases/{case.id}")) is (told is not None)


def test_without_that_a_receipt_says_nothing_of_where_they_are(person: Person, kit: Kit) -> None:
    kit.send(kit.emergency())
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "handled", "seen_well")
    assert all("seen_at" not in one["data"] for one in kit.listen())
