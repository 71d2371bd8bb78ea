"""One case per household and cause, whatever comes in whatever order.

Only a person closes what a person must.
"""

from itertools import permutations

from tests.district.support.kit import Kit
from tests.district.support.person import Person


def test_the_rungs_of_one_silence_are_one_case(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("quiet"))
    kit.send(kit.alert("knock", episode=1), kit.alert("visit", episode=1))
    case = person.case_of(kit.household)
    assert case is not None
    assert "방문 필요" in case.text
    assert [m["data"]["state"] for m in kit.listen()] == ["opened", "raised", "raised"]


def test_an_emergency_and_a_silence_are_two_cases_and_the_emergency_stands_first(
    kit: Kit, person: Person
) -> None:
    kit.send(kit.alert("quiet"), kit.emergency())
    families = [case.family for case in person.board() if kit.household in case.text]
    assert families == ["emergency", "welfare"]


def test_life_at_home_closes_a_silence(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("quiet"), kit.resolved(1))
    assert person.case_of(kit.household) is None
    assert [m["data"]["state"] for m in kit.listen()] == ["opened", "closed"]


def test_an_end_that_overtakes_its_beginning_opens_nothing(kit: Kit, person: Person) -> None:
    quiet, over = kit.alert("quiet"), kit.resolved(1)
    kit.send(over)
    kit.send(quiet)
    assert person.case_of(kit.household) is None
    assert "움직임이 없음" in person.page(f"/homes/{kit.household}").text


def test_the_order_of_arrival_means_nothing(person: Person, kit: Kit) -> None:
    for order in permutations(range(3)):
        first = kit.version + 1
        said = [
            kit.alert("quiet", episode=first),
            kit.alert("knock", episode=first),
            kit.resolved(first, "resident"),
        ]
        for place in order:
            kit.send(said[place])
        assert person.case_of(kit.household) is None, order


def test_life_at_home_is_only_a_note_while_somebody_is_on_the_way(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("visit"))
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "hold")
    kit.send(kit.resolved(1))
    still = person.case_of(kit.household)
    assert still is not None
    assert still.standing == "held"
    assert "집에서 종료 알림" in person.page(f"/cases/{case.id}").text


def test_only_a_person_ends_a_call_for_help(kit: Kit, person: Person) -> None:
    kit.send(kit.emergency(), kit.resolved(1, "activity"), kit.resolved(1, "guardian"))
    case = person.case_of(kit.household)
    assert case is not None
    kit.send(kit.resolved(1, "staff"))
    assert person.case_of(kit.household) is None


def test_a_reason_nobody_knows_ends_nothing(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("quiet"), kit.resolved(1, "moonlight"))
    case = person.case_of(kit.household)
    assert case is not None
    assert "moonlight" in person.page(f"/cases/{case.id}").text


def test_a_second_press_takes_the_case_from_whoever_holds_it(kit: Kit, person: Person) -> None:
    kit.send(kit.emergency())
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "hold")
    kit.send(kit.emergency(episode=1, said="again"))
    again = person.case_of(kit.household)
    assert again is not None
    assert (again.id, again.standing) == (case.id, "free")
    assert "알림 2회" in again.text


def test_a_note_stays_silent(kit: Kit, person: Person) -> None:
    kit.send(kit.emergency())
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "hold")
    kit.send(kit.emergency(episode=1, said="note"))
    held = person.case_of(kit.household)
    assert held is not None
    assert held.standing == "held"


def test_a_call_for_help_that_comes_late_still_counts(kit: Kit, person: Person) -> None:
    late = kit.emergency()
    kit.send(kit.alert("quiet"), kit.alert("knock", episode=2))
    kit.send(late)
    families = {case.family for case in person.board() if kit.household in case.text}
    assert families == {"emergency", "welfare"}


def test_trouble_is_one_case_that_ends_when_everything_is_mended(kit: Kit, person: Person) -> None:
    def trouble(code: str, state: str) -> None:
        data = {"code": code, "state": state}
        tail = f"{kit.household}.{kit.version + 1}.trouble-{code}"
        assert kit.send(kit.decided("trouble", data, id=tail))[0].status == "durable"

    trouble("blind", "raised")
    trouble("hub_lost", "raised")
    case = person.case_of(kit.household)
    assert case is not None
    assert case.family == "trouble"
    assert "연결 장치 끊김" in case.text
    trouble("blind", "cleared")
    assert person.case_of(kit.household) is not None
    trouble("hub_lost", "cleared")
    assert person.case_of(kit.household) is None


def test_the_relays_own_trouble_needs_no_version(kit: Kit, person: Person) -> None:
    event = kit.event(
        "trouble",
        {"code": "home", "state": "raised"},
        id=f"{kit.id}.boot-1.1",
        householdversion=None,
    )
    assert kit.send(event)[0].status == "durable"
    case = person.case_of(kit.household)
    assert case is not None
    assert case.family == "trouble"


def test_a_drill_an_absence_and_a_consent_are_shown_and_open_no_case(
    kit: Kit, person: Person
) -> None:
    kit.send(
        kit.decided("drill", {"drill": "d1", "stage": "visit", "state": "running"}),
        kit.decided(
            "absence", {"what": "away", "state": "started", "until": "2026-12-01T00:00:00Z"}
        ),
        kit.decided(
            "consent",
            {
                "state": "given",
                "recorded_by": "technician",
                "at": "2026-11-22T00:00:00Z",
                "text_version": "2026-1",
                "items": ["life_signs"],
            },
        ),
    )
    assert person.case_of(kit.household) is None
    shown = person.page(f"/homes/{kit.household}").text
    assert "모의 훈련 (실제 상황 아님)" in shown
    assert "외출" in shown
    # by the district's own clock, nine hours ahead
    assert "종료 시각: 2026-12-01 09:00" in shown
    assert "동의함" in shown


def test_an_answer_without_anybody_seen_does_not_close(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("visit"))
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "handled", "nobody_opened")
    resting = person.case_of(kit.household)
    assert resting is not None
    assert resting.standing == "resting"
    receipt = kit.listen()[-1]
    assert receipt["data"]["outcome"] == "nobody_opened"


def test_two_people_do_not_both_have_a_case(kit: Kit, person: Person) -> None:
    kit.send(kit.alert("visit"))
    case = person.case_of(kit.household)
    assert case is not None
    assert person.answer(case.id, "handled", "").status_code == 400
    assert person.answer(case.id, "refused").status_code == 303
    assert person.answer(case.id, "handled", "seen_well").status_code == 303
    too_late = person.answer_with_token_of("/homes/new", case.id, "hold")
    assert too_late.status_code == 409
    assert "이미 종결된 건입니다" in too_late.text
