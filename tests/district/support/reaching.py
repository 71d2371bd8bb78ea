"""A district with a provider, a home and a control centre, for the tests of telling and asking."""

import httpx

from .kit import Kit, now_text
from .moved import MovedDistrict
from .person import Person, read
from .provider import Provider, Sent, say_back

RESIDENT, GUARDIAN = "+821012345678", "+821098765432"
CONTROL, OFFICER = "+8223330000", "+821055550000"


def write(person: Person, page: str, /, **fields: str) -> httpx.Response:
    answer = try_to_write(person, page, **fields)
    assert answer.status_code == 303, answer.text
    return answer


def try_to_write(person: Person, page: str, /, **fields: str) -> httpx.Response:
    token = person.page("/duty").tokens[0]
    return person.client.post(f"/duty/{page}", data={"csrf": token} | fields)


def add_officer(admin: Person, user: str = "lee", phone: str = "010-5555-0000") -> None:
    admin.prove()
    token = admin.page("/staff").tokens[0]
    fields = {"csrf": token, "user": user, "role": "officer", "dongs": "문안동"}
    assert admin.client.post("/staff", data=fields).status_code == 200
    write(admin, "phones", user=user, phone=phone)


def new_member(reaching: MovedDistrict, admin: Person) -> str:
    """Somebody of the control centre; their password."""
    admin.prove()
    token = admin.page("/staff").tokens[0]
    fields = {"csrf": token, "user": "center", "role": "control", "dongs": ""}
    first = read(admin.client.post("/staff", data=fields)).code
    person = Person(client=reaching.client())
    person.log_in("center", first)
    token = person.page("/account").tokens[0]
    changed = {"csrf": token, "old": first, "new": "새-비밀번호-열자리"}
    assert person.client.post("/account/password", data=changed).status_code == 303
    return changed["new"]


def told(provider: Provider) -> list[tuple[str, str]]:
    return [(sent.what, sent.to) for sent in provider.taken()]


def answered(reaching: MovedDistrict, sent: Sent, digit: str = "", result: str = "answered") -> int:
    body = {"reference": sent.reference, "result": result}
    if digit:
        body["digit"] = digit
    moment = reaching.now.timestamp()
    return say_back(reaching.client(), moment, body).status_code


def knock(reaching: MovedDistrict, home: Kit) -> None:
    attributes = {"time": now_text(reaching.now)}
    home.send(home.alert("knock", rungs={"visit_in_s": 36000}, attributes=attributes))
    reaching.pass_time(seconds=0)


def call_resident(reaching: MovedDistrict, provider: Provider, home: Kit) -> Sent:
    """To the first call that is out."""
    knock(reaching, home)
    reaching.pass_time(minutes=2)
    text, call = provider.taken()
    assert (text.what, call.what) == ("texts", "calls")
    return call
