"""Role × route × dong: who sees and does what. The table is written out here a second time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
import shutil

from aiohttp import web
import httpx
import pytest

from anshim_district.access import OWN, TABLE as TABLE_OF_ALL
from tests.district.conftest import installed
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.person import Person, placed, read
from tests.district.support.process import PASSWORD

ROLES = ("admin", "officer", "control", "technician", "auditor")
CODE = "새-비밀번호-열자리"
# a: admin, o: officer, c: control, t: technician, u: auditor
TABLE = """
GET  /board                          aoc
GET  /board/fragment                 aoc
GET  /live                           aoctu
GET  /cases/{case}                   aoc
GET  /cases/{case}/news              aoc
POST /cases/{case}/answer            aoc
POST /cases/{case}/give              aoc
POST /cases/{case}/note              aoc
GET  /homes                          aoct
GET  /homes/new                      aot
POST /homes/new                      aot
GET  /homes/import                   a
POST /homes/import                   a
GET  /homes/{household}              aoct
GET  /homes/{household}/resident     aot
POST /homes/{household}/resident     aot
GET  /homes/{household}/card         aoc
POST /homes/{household}/consent      aot
GET  /homes/{household}/lost         at
POST /homes/{household}/lost         at
GET  /homes/{household}/erase        a
POST /homes/{household}/erase        a
GET  /items                          at
POST /items                          at
POST /items/{item}                   at
GET  /quarantine                     aoct
POST /quarantine/{n}/seen            aoct
POST /strangers/{kid}/adopt          aoct
GET  /duty                           aoc
POST /duty/days                      ac
POST /duty/shifts                    ac
POST /duty/rules                     ac
POST /duty/phones                    ac
GET  /staff                          a
POST /staff                          a
POST /staff/{user}                   a
GET  /rounds                         aot
GET  /council                        au
GET  /council.csv                    au
GET  /audit                          au
GET  /audit.csv                      au
GET  /keeping                        au
POST /keeping                        a
"""
LETTERS = dict(zip("aoctu", ROLES, strict=True))
EXPECTED = {
    (method, path): {LETTERS[letter] for letter in who}
    for method, path, who in (line.split() for line in TABLE.strip().splitlines())
}
WITHOUT_ROLE = {
    *("/", "/login", "/login/code", "/logout", "/language", "/static", "/prove", "/account"),
    *("/account/password", "/account/second"),
}

# not of the console: they have a gate of their own
MACHINES = {"/health", "/ready", "/metrics"}


def added(moved: MovedDistrict, admin: Person, role: str, dongs: str = "") -> Person:
    """Somebody with this role, who has changed the first password."""
    admin.prove()
    token = admin.page("/staff").tokens[0]
    fields = {"csrf": token, "user": f"the-{role}", "role": role, "dongs": dongs}
    answer = admin.client.post("/staff", data=fields)
    first = read(answer).code
    person = Person(client=moved.client())
    assert person.log_in(f"the-{role}", first).status_code == 303
    token = person.page("/account").tokens[0]
    changed = {"csrf": token, "old": first, "new": CODE}
    assert person.client.post("/account/password", data=changed).status_code == 303
    return person


@pytest.fixture
def admin(moved: MovedDistrict) -> Person:
    person = Person(client=moved.client())
    person.log_in()
    return person


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """An officer of one dong, and a home of another."""

    admin: Person
    officer: Person
    token: str
    household: str
    places: dict[str, str]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory, opened_once: Path) -> Iterator[Elsewhere]:
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(opened_once, folder, dirs_exist_ok=True)
    moved = MovedDistrict(data=folder)
    admin = Person(client=moved.client())
    admin.log_in()
    kit = installed(moved, admin)
    placed(admin, kit.household, "바깥동")
    kit.send(kit.emergency())
    stranger = Kit(client=moved.client(), household=kit.household, id="k-11111111")
    hello = stranger.signed(stranger.hello_event(), with_jwk=True)
    stranger.client.post("/v1/hello", json={"hello": hello})
    assert "k-11111111" in admin.page("/quarantine").text
    places = {"household": kit.household, "case": admin.board()[0].id, "kid": stranger.kid}
    officer = added(moved, admin, "officer", dongs="문안동")
    yield Elsewhere(
        admin=admin,
        officer=officer,
        token=officer.page("/board").tokens[0],
        household=kit.household,
        places=places | {"item": "i-none", "n": "1", "user": "none"},
    )
    moved.close()


def test_every_route_of_the_console_stands_in_the_table(moved: MovedDistrict) -> None:
    from anshim_district.server import make_app  # noqa: PLC0415 - only this test looks inside

    app: web.Application = make_app(moved.service)
    there = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource
        and not route.resource.canonical.startswith("/v1/")
        and route.resource.canonical not in MACHINES
    }
    with_role = {pair for pair in there if pair[0] != "HEAD" and pair[1] not in WITHOUT_ROLE}
    assert with_role == set(EXPECTED)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_its_own_routes_and_no_others(
    moved: MovedDistrict, admin: Person, role: str
) -> None:
    person = added(moved, admin, role)
    person.prove(CODE)
    kit = installed(moved, admin)
    kit.send(kit.emergency())
    case = admin.board()[0].id
    token = person.page("/account").tokens[0]
    fill = {
        "household": kit.household,
        "case": case,
        "item": "i-none",
        "n": "1",
        "user": "none",
        "kid": "none",
    }
    for (method, path), who in EXPECTED.items():
        if path == "/live":
            continue  # a stream without an end; another test listens to it
        url = path.format(**fill)
        data = {"csrf": token} if method == "POST" else None
        answer = person.client.request(method, url, data=data)
        refused = "맡은 역할로는" in answer.text
        assert refused == (role not in who), (method, path, answer.status_code)
        assert answer.status_code != 500


def test_an_officer_sees_the_homes_of_their_own_dongs_and_those_that_nobody_has_placed(
    moved: MovedDistrict, admin: Person
) -> None:
    mine, theirs, nobodys = (installed(moved, admin) for _ in range(3))
    placed(admin, mine.household, "문안동")
    placed(admin, theirs.household, "바깥동")
    for kit in (mine, theirs, nobodys):
        kit.send(kit.emergency())
    cases = {
        kit.household: case.id
        for kit in (mine, theirs, nobodys)
        if (case := admin.case_of(kit.household))
    }
    officer = added(moved, admin, "officer", dongs="문안동, 가운데동")
    seen = {kit.household for kit in (mine, theirs, nobodys) if officer.case_of(kit.household)}
    assert seen == {mine.household, nobodys.household}
    listed = officer.page("/homes").text
    assert mine.household in listed
    assert theirs.household not in listed
    for path in ("", "/resident", "/card"):
        assert officer.client.get(f"/homes/{theirs.household}{path}").status_code == 404
    assert officer.client.get(f"/cases/{cases[theirs.household]}").status_code == 404
    token = officer.page("/board").tokens[0]
    answered = officer.client.post(
        f"/cases/{cases[theirs.household]}/answer", data={"csrf": token, "answer": "hold"}
    )
    assert answered.status_code == 404
    # a code for a home elsewhere would let another kit speak for it
    issued = officer.client.post("/homes/new", data={"csrf": token, "household": theirs.household})
    assert issued.status_code == 404
    assert "김○순" in officer.client.get("/homes", params={"q": "김영순"}).text
    assert theirs.household not in officer.client.get("/homes", params={"q": "김영순"}).text
    assert officer.page(f"/homes/{mine.household}/card").text


@pytest.mark.parametrize(
    ("method", "path"),
    sorted(p for p in EXPECTED if "{household}" in p[1] or "{case}" in p[1] or "{kid}" in p[1]),
)
def test_no_route_leads_an_officer_to_a_home_of_another_dong(
    elsewhere: Elsewhere, method: str, path: str
) -> None:
    """Every route that names a home in its address, also one that is added tomorrow."""
    url = path.format(**elsewhere.places)
    data = {"csrf": elsewhere.token} if method == "POST" else None
    answer = elsewhere.officer.client.request(method, url, data=data)
    # not there, or a page that is not for officers at all
    assert answer.status_code == (404 if "officer" in EXPECTED[method, path] else 403)
    assert elsewhere.household not in answer.text


def test_an_officer_sees_what_was_set_apart_of_their_own_dongs_only(
    moved: MovedDistrict, admin: Person
) -> None:
    mine, theirs, nobodys = (installed(moved, admin) for _ in range(3))
    placed(admin, mine.household, "문안동")
    placed(admin, theirs.household, "바깥동")
    unknown = Kit(client=moved.client(), household="h-notofours", district_key=mine.district_key)
    for kit in (mine, theirs, nobodys, unknown):
        kit.send(kit.alert(attributes={"type": f"kr.anshim.knock.of-{kit.household}.v1"}))
    officer = added(moved, admin, "officer", dongs="문안동")
    shown = officer.page("/quarantine").text
    assert mine.household in shown
    # nobody has placed it yet, so it must not be nobody's
    assert nobodys.household in shown
    assert theirs.household not in shown
    assert unknown.household not in shown
    assert "수신 2건이" in officer.page("/board").text
    for role in ("control", "technician"):
        seen = added(moved, admin, role).page("/quarantine").text
        assert theirs.household in seen
        assert unknown.household in seen
    assert "수신 4건이" in admin.page("/board").text


@pytest.mark.parametrize(("dong", "is_shown"), [("문안동", True), ("바깥동", False)])
def test_what_a_kit_signed_in_the_name_of_another_home_is_shown_where_the_kit_is(
    moved: MovedDistrict, admin: Person, dong: str, is_shown: bool
) -> None:
    mine, theirs = (installed(moved, admin) for _ in range(2))
    placed(admin, mine.household, "문안동")
    placed(admin, theirs.household, "바깥동")
    sent = mine.send(mine.emergency(attributes={"subject": theirs.household}))[0]
    assert (sent.status, sent.reason) == ("quarantined", "foreign_subject")
    officer = added(moved, admin, "officer", dongs=dong)
    assert ("수신 1건이" in officer.page("/board").text) is is_shown


def test_an_officer_ticks_off_nothing_of_another_dong(moved: MovedDistrict, admin: Person) -> None:
    mine, theirs = (installed(moved, admin) for _ in range(2))
    placed(admin, mine.household, "문안동")
    placed(admin, theirs.household, "바깥동")
    for kit in (theirs, mine):
        kit.send(kit.event("nonsense", {}, householdversion=1))
    officer = added(moved, admin, "officer", dongs="문안동")
    form = {"csrf": officer.page("/quarantine").tokens[0]}
    for number in ("1", "99", "9" * 11, "0" * 5000, "x"):
        answer = officer.client.post(f"/quarantine/{number}/seen", data=form)
        assert answer.status_code == 404, number
    assert "수신 2건이" in admin.page("/board").text
    assert officer.client.post("/quarantine/2/seen", data=form).status_code == 303
    assert officer.client.post("/quarantine/2/seen", data=form).status_code == 303
    assert "수신 1건이" in admin.page("/board").text
    assert re.search(r"the-officer\s*거절됨", admin.page("/audit").text)


def test_a_kit_that_nobody_knows_is_shown_and_made_known_where_its_home_is(
    moved: MovedDistrict, admin: Person, elsewhere: Elsewhere
) -> None:
    """Or, where nobody knows the home either, by those who see all."""
    stranger = Kit(client=moved.client(), household="h-forgotten1", id="k-22222222")
    hello = stranger.signed(stranger.hello_event(), with_jwk=True)
    stranger.client.post("/v1/hello", json={"hello": hello})
    officer = added(moved, admin, "officer", dongs="문안동")
    assert "이 서버가 모르는 장비" not in officer.page("/board").text
    assert stranger.household not in officer.page("/quarantine").text
    form = {"csrf": officer.page("/board").tokens[0]}
    assert officer.client.post(f"/strangers/{stranger.kid}/adopt", data=form).status_code == 404
    assert "이 서버가 모르는 장비 1대" in admin.page("/board").text
    form = {"csrf": admin.page("/board").tokens[0]}
    assert admin.client.post(f"/strangers/{stranger.kid}/adopt", data=form).status_code == 303
    # a home that is in another dong
    assert elsewhere.household not in elsewhere.officer.page("/quarantine").text


@pytest.mark.parametrize(
    "path", sorted(path for method, path in {*TABLE_OF_ALL, *OWN} if method == "POST")
)
def test_no_form_is_taken_that_does_not_carry_the_token_of_its_login(
    elsewhere: Elsewhere, path: str
) -> None:
    for fields in ({}, {"csrf": "wrong"}, {"csrf": elsewhere.token}):
        url = path.format(**elsewhere.places)
        answer = elsewhere.admin.client.post(url, data=fields)
        assert answer.status_code == 403, path
        assert "화면이 오래되었습니다" in answer.text


def test_what_leaves_the_house_is_proved_anew_after_five_minutes(
    moved: MovedDistrict, admin: Person
) -> None:
    def export() -> httpx.Response:
        return admin.client.get("/audit.csv")

    assert export().headers["Location"] == "/prove?to=/audit.csv"
    admin.prove("틀림")
    assert export().status_code == 303
    admin.prove()
    assert export().status_code == 200
    moved.pass_time(minutes=5)
    assert export().status_code == 303


def test_the_way_back_after_a_proof_stays_here(admin: Person) -> None:
    for away in ("//evil.example", "https://evil.example", "/\\evil.example"):
        token = admin.page("/prove").tokens[0]
        answer = admin.client.post("/prove", data={"csrf": token, "code": PASSWORD, "to": away})
        assert answer.headers["Location"] == "/account"


def test_the_auditor_reads_who_looked_at_whom_and_what_was_refused(
    moved: MovedDistrict, admin: Person
) -> None:
    kit = installed(moved, admin)
    placed(admin, kit.household, "문안동")
    technician = added(moved, admin, "technician")
    technician.page(f"/homes/{kit.household}")
    technician.client.get("/board")
    auditor = added(moved, admin, "auditor")
    shown = auditor.page("/audit").text
    assert re.search(rf"the-technician\s*가구\s*{kit.household}", shown)
    assert re.search(r"the-technician\s*거절됨\s*/board", shown)
    assert "온전합니다" in shown
    assert "김영순" not in shown
    auditor.prove(CODE)
    exported = auditor.client.get("/audit.csv")
    assert exported.headers["Content-Disposition"].startswith("attachment")
    assert f"the-technician,home,{kit.household}" in exported.content.decode("utf-8-sig")
    assert "the-technician" not in auditor.page("/audit?month=2026-10").text
    assert auditor.client.get("/audit?month=2026-13").status_code == 404


def test_a_closed_account_is_out_at_once_and_the_last_administrator_stays(
    moved: MovedDistrict, admin: Person
) -> None:
    officer = added(moved, admin, "officer")
    change(admin, "the-officer", "close")
    assert officer.client.get("/board").headers["Location"] == "/login"
    assert officer.log_in("the-officer", CODE).status_code == 401
    change(admin, "the-officer", "open")
    assert officer.log_in("the-officer", CODE).status_code == 303
    assert "마지막 관리자" in change(admin, "kim", "close").text
    assert "마지막 관리자" in change(admin, "kim", "change", role="auditor").text


def test_a_password_that_was_issued_must_be_changed_first(
    moved: MovedDistrict, admin: Person
) -> None:
    added(moved, admin, "officer")
    issued = read(change(admin, "the-officer", "reset")).code
    officer = Person(client=moved.client())
    officer.log_in("the-officer", issued)
    assert officer.client.get("/board").headers["Location"] == "/account"
    token = officer.page("/account").tokens[0]
    for new in ("kurz", issued, "the-officer"):
        fields = {"csrf": token, "old": issued, "new": new}
        assert officer.client.post("/account/password", data=fields).status_code == 400
    assert officer.client.get("/board").status_code == 303


def change(admin: Person, user: str, what: str, **more: str) -> httpx.Response:
    admin.prove()
    token = admin.page("/staff").tokens[0]
    return admin.client.post(f"/staff/{user}", data={"csrf": token, "what": what} | more)
