"""The whole way once: a silence, a person's answer, the receipt at home."""

from tests.district.support.kit import Kit
from tests.district.support.person import Person


def test_a_silence_becomes_a_case_and_the_answer_comes_back_as_a_receipt(
    kit: Kit, person: Person
) -> None:
    assert [sent.status for sent in kit.send(kit.alert("quiet"))] == ["durable"]
    case = person.case_of(kit.household)
    assert case is not None
    assert (case.family, case.standing) == ("welfare", "free")
    assert person.answer(case.id, "hold").status_code == 303
    assert person.answer(case.id, "handled", "spoken_well").status_code == 303
    assert person.case_of(kit.household) is None

    messages = kit.listen()

    kinds = [message["type"].split(".")[-2] for message in messages]
    assert kinds == ["case", "receipt", "receipt", "case"]
    hold, handled = messages[1]["data"], messages[2]["data"]
    assert (hold["answer"], hold["answers"]["episode"]) == ("hold", 1)
    assert (handled["answer"], handled["outcome"]) == ("handled", "spoken_well")
    assert messages[3]["data"] == {
        "state": "closed",
        "kind": "welfare",
        "stage": "quiet",
        "episode": 1,
    }
    assert {message["caseid"] for message in messages} == {case.id}


def test_a_long_poll_is_answered_by_the_receipt_and_acknowledged_by_the_next(
    kit: Kit, person: Person
) -> None:
    kit.send(kit.emergency())
    case = person.case_of(kit.household)
    assert case is not None
    opened = kit.listen()
    person.answer(case.id, "hold")
    receipt = kit.listen(after=opened[-1]["counter"], wait=20)
    assert [message["data"]["answer"] for message in receipt] == ["hold"]
    assert kit.listen(after=receipt[-1]["counter"]) == []
    assert kit.listen(after=2) == []
    assert len(kit.listen()) == 2  # for a day, to a relay that comes back from a backup
