"""A household's one-time code, and the kit that comes with it."""

from datetime import timedelta
import json

from tests.district.conftest import Make
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import DistrictProcess


def test_a_code_from_the_console_enrols_a_kit(district: DistrictProcess, person: Person) -> None:
    kit = Kit(client=district.client())
    answer = kit.enrol(person.new_code("h-consolecode"))
    assert answer.status_code == 201
    told = answer.json()
    assert told["household"] == "h-consolecode"
    assert told["kid"] == kit.kid
    assert [key["kty"] for key in told["district"]["keys"]] == ["OKP", "OKP"]
    assert told["heartbeat_seconds"] == 300
    assert "h-consolecode" in person.page("/homes").text


def test_a_code_from_the_command_line_enrols_a_kit_beside_the_running_server(
    district: DistrictProcess,
) -> None:
    printed = district.run("enrol", "--household", "h-cmdline01")
    issued = json.loads(printed.stdout)
    assert issued["household"] == "h-cmdline01"
    assert issued["uri"].startswith("anshim:enrol?u=http")
    kit = Kit(client=district.client())
    assert kit.enrol(issued["code"]).status_code == 201
    assert issued["key"] == thumbprint_of_current(kit, issued["code"])


def thumbprint_of_current(kit: Kit, code: str) -> str:
    key: str = kit.enrol(code).json()["district"]["keys"][0]["kid"]
    return key


def test_a_code_is_read_as_people_type_it(district: DistrictProcess, person: Person) -> None:
    code = person.new_code()
    typed = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    kit = Kit(client=district.client())
    body = kit.enrolment(code) | {"code": typed}
    assert district.client().post("/v1/enrolments", json=body).status_code == 201


def test_the_same_key_gets_the_same_answer_again(district: DistrictProcess, person: Person) -> None:
    code = person.new_code()
    kit = Kit(client=district.client())
    first, second = kit.enrol(code).json(), kit.enrol(code).json()
    assert (first["kit"], first["household"]) == (second["kit"], second["household"])


def test_a_spent_code_opens_nothing_for_another_key(
    district: DistrictProcess, person: Person
) -> None:
    code = person.new_code()
    Kit(client=district.client()).enrol(code)
    answer = Kit(client=district.client()).enrol(code)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:anshim:problem:code-spent")


def test_a_code_nobody_issued_is_unknown(district: DistrictProcess) -> None:
    answer = Kit(client=district.client()).enrol("AAAAA-BBBBB-CCCCC-DDDDD")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:anshim:problem:code-unknown")


def test_a_code_is_too_old_after_three_days(moved: MovedDistrict) -> None:
    person = Person(client=moved.client())
    person.log_in()
    code = person.new_code()
    moved.clock.moment += timedelta(hours=73)
    answer = Kit(client=moved.client()).enrol(code)
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:anshim:problem:code-expired")


def test_a_proof_by_another_key_or_about_another_code_is_refused(
    district: DistrictProcess, person: Person
) -> None:
    code, kit = person.new_code(), Kit(client=district.client())
    strange = Kit(client=district.client())
    strange.instance = kit.instance
    other_code = strange.enrolment(person.new_code()) | {"code": code}
    other_instance = kit.enrolment(code) | {"instance": "0" * 32}
    no_key = kit.enrolment(code)
    head, payload, signature = no_key["proof"].split(".")
    no_key["proof"] = f"{head}.{payload}.{signature[::-1]}"
    for body, field in ((other_code, "/proof"), (other_instance, "/instance"), (no_key, "/proof")):
        answer = district.client().post("/v1/enrolments", json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == field
    assert kit.enrol(code).status_code == 201


def test_a_name_is_no_pseudonym(district: DistrictProcess, person: Person) -> None:
    token = person.page("/homes/new").tokens[0]
    fields = {"csrf": token, "household": "김영희"}
    answer = person.client.post("/homes/new", data=fields)
    assert answer.status_code == 400
    assert "이름을 넣지 마세요" in answer.text
    assert district.run("enrol", "--household", "Kim").returncode == 2


def test_a_new_kit_takes_over_and_the_old_one_is_still_heard(
    district: DistrictProcess, person: Person, kit: Kit
) -> None:
    newer = Kit(client=district.client())
    newer.enrol(person.new_code(kit.household))
    newer.hello()
    newer.version = 10
    assert kit.send(kit.emergency())[0].status == "durable"
    case = person.case_of(kit.household)
    assert case is not None
    person.answer(case.id, "hold")
    assert [m["data"].get("answer") for m in newer.listen()] == [None, "hold"]
    assert kit.listen() == []


def test_the_keys_and_the_first_password_are_for_the_owner_alone(make: Make) -> None:
    district = make(admin={"user": "first"})
    district.start()
    secret = sorted(
        path.name for path in district.data.glob("*") if path.suffix in {".pem", ".txt"}
    )
    assert secret == ["district-key-successor.pem", "district-key.pem", "first-password.txt"]
    for name in secret:
        assert (district.data / name).stat().st_mode & 0o777 == 0o600
    password = (district.data / "first-password.txt").read_text(encoding="utf-8").strip()
    assert str(district.data / "first-password.txt") in district.log
    assert password not in district.log
    person = Person(client=district.client())
    assert person.log_in("first", password).status_code == 303
