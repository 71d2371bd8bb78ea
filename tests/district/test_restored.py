"""Homes, relays and districts that come back from a backup: numbers go back, time goes on."""

from tests.district.support.kit import Json, Kit, now_text
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person


def at(moved: MovedDistrict) -> Json:
    return {"time": now_text(moved.now)}


def families(visitor: Person) -> list[str]:
    return [case.family for case in visitor.board()]


def test_help_is_called_from_a_restored_home_under_a_number_that_staff_had_ended(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 10
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "handled", "seen_well")
    home.version = 19
    home.send(home.resolved(11, "staff", **at(moved)))
    moved.pass_time(days=3)
    home.version, home.epoch, home.seq = 10, "restored", 0
    home.hello()
    home.send(home.emergency(attributes=at(moved)))
    assert "emergency" in families(visitor)


def test_a_call_for_help_that_comes_after_its_own_end_opens_nothing(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    called = home.emergency(attributes=at(moved))
    moved.pass_time(minutes=5)
    home.send(home.resolved(1, "taken_back", **at(moved)))
    home.send(called)
    assert families(visitor) == []


def test_the_resident_ends_a_silence_at_a_home_whose_numbers_began_anew(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 57
    home.send(home.alert("quiet", attributes=at(moved)), home.resolved(58, **at(moved)))
    moved.pass_time(hours=1)
    home.version = 2
    home.send(home.alert("quiet", attributes=at(moved)))
    assert "welfare" in families(visitor)
    moved.pass_time(minutes=5)
    home.send(home.resolved(3, "resident", **at(moved)))
    assert "welfare" not in families(visitor)


def test_a_call_for_help_is_taken_back_at_a_home_whose_numbers_began_anew(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 57
    home.send(home.emergency(attributes=at(moved)), home.resolved(58, "taken_back", **at(moved)))
    moved.pass_time(hours=1)
    home.version = 2
    home.send(home.emergency(attributes=at(moved)))
    assert "emergency" in families(visitor)
    moved.pass_time(minutes=1)
    home.send(home.resolved(3, "taken_back", **at(moved)))
    assert "emergency" not in families(visitor)


def test_a_receipt_names_the_episode_that_the_home_counts_now(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 49
    home.send(home.alert("visit", attributes=at(moved)))
    moved.pass_time(minutes=10)
    home.version = 2
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "hold")
    assert home.listen()[-1]["data"]["answers"]["episode"] == 3


def test_an_end_from_before_the_numbers_began_anew_ends_nothing(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.version = 49
    home.send(home.alert("quiet", attributes=at(moved)))
    over = home.resolved(50, **at(moved))
    moved.pass_time(minutes=10)
    home.version = 2
    home.send(home.alert("quiet", attributes=at(moved)))
    home.send(over)
    assert "welfare" in families(visitor)


def test_what_was_sent_before_a_restored_district_heard_of_its_counter_arrives(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    visitor.answer(case.id, "hold")
    got = home.listen(after=55)
    assert [m["counter"] for m in got] == [56, 57]
    assert [m["type"].split(".")[3] for m in got] == ["case", "receipt"]
    assert [m["id"] for m in got] == [f"{home.id}.56", f"{home.id}.57"]
    assert home.listen(after=57) == []


def test_a_number_that_nobody_ever_sent_leads_no_answer_astray(home: Kit) -> None:
    answer = home.client.get(
        "/v1/downlink",
        params={"after": 2**31 - 1},
        headers={"Authorization": f"Bearer {home.token}"},
    )
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "/after")
    assert home.send(home.emergency())[0].status == "durable"
    assert [message["counter"] for message in home.listen()] == [1]


def test_a_copy_of_a_kit_is_told_when_its_numbers_go_back(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("quiet", attributes=at(moved)), home.resolved(1, **at(moved)))
    home.beat()
    assert families(visitor) == []
    mark = {"epoch": home.epoch, "seq": 1, "householdversion": 1}
    for _ in range(3):
        home.beat(highwater=mark)
    (trouble,) = visitor.board()
    assert "같은 키가 두 곳에서 쓰임" in trouble.text
    assert visitor.page(f"/cases/{trouble.id}").text.count("같은 키가 두 곳에서 쓰임") <= 3


def test_what_the_last_kit_never_took_is_said_to_the_one_that_follows_it(
    moved: MovedDistrict, visitor: Person, home: Kit
) -> None:
    home.send(home.alert("visit", attributes=at(moved)))
    case = visitor.case_of(home.household)
    assert case is not None
    taken = home.listen()[-1]["counter"]
    home.listen(after=taken)
    visitor.answer(case.id, "hold")
    newer = Kit(client=moved.client())
    newer.enrol(visitor.new_code(home.household))
    newer.hello()
    (receipt,) = newer.listen()
    assert (receipt["data"]["answer"], receipt["caseid"]) == ("hold", case.id)


def test_a_relay_is_told_what_is_here_when_something_is_missing(
    moved: MovedDistrict, home: Kit
) -> None:
    home.send(home.alert("quiet", attributes=at(moved)))
    assert "have" not in home.beat().json()
    home.resolved(1, **at(moved))
    assert home.beat().json()["have"] == [{"epoch": home.epoch, "seq": 1}]
    assert home.hello()["have"] == [{"epoch": home.epoch, "seq": 1}]
