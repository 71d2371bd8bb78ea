"""A district with both its doors in use: a home that is written down, its kit, a carrier, staff.

For asking it anything (`support/asking`): who asks is dressed here with key, secret or session.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
import itertools
import json
import time
from typing import Any, Final
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
import requests

from anshim_district import access
from anshim_district.reach.webhook import secret_bytes, signature
from tests.district.conftest import admin_with_phone, resident_with_phone
from tests.district.support.forms import Forms
from tests.district.support.kit import JWS, Json, Kit
from tests.district.support.person import Person, read
from tests.district.support.process import DistrictProcess
from tests.district.support.provider import SECRET

CARRIER: Final = "whsec_" + b64encode(b"the carrier's own secret, 32 bytes").decode()
OPTIONS: Final[dict[str, object]] = {
    "evidence": [{"id": "carrier", "secret": CARRIER}],
    # nobody listens there: what goes out is another test's matter
    "reach": {"url": "http://127.0.0.1:1", "token": "t", "sender": "02-333-0000", "secret": SECRET},
}
# what names the home that is written down
PERSONAL: Final = ("김영순", "12345678", "1234-5678", "문안로", "김철수", "98765432")
# a stream has no end; who logs out asks for nothing more
_NOT_ASKED: Final = frozenset({"/live", "/logout", "/static"})
_PROVED_FOR_S: Final = 200.0


class Signed(StrEnum):
    """How what is sent is signed."""

    RIGHT = "right"
    OTHER_KEY = "other_key"
    BROKEN = "broken"
    NOT = "not"


@dataclass(frozen=True, kw_only=True)
class Console:
    """What there is to be asked, and what its own pages name and offer."""

    routes: tuple[tuple[str, str], ...]
    forms: Forms
    places: dict[str, str]


@dataclass(kw_only=True)
class Doors:
    district: DistrictProcess
    kit: Kit
    admin: Person
    # has not changed the first password yet: what counts wrong ones may lock only this one out
    newcomer: Person
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _proved: float = 0.0
    _tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    def opened(cls, district: DistrictProcess) -> Doors:
        admin = admin_with_phone(district)
        kit = resident_with_phone(district, admin)
        kit.send(kit.alert("visit"), kit.emergency())
        admin.prove()
        fields = {"csrf": admin.page("/staff").tokens[0], "user": "newcomer", "role": "admin"}
        first = read(admin.client.post("/staff", data=fields)).code
        newcomer = Person(client=district.client())
        newcomer.log_in("newcomer", first)
        return cls(district=district, kit=kit, admin=admin, newcomer=newcomer)

    def console(self) -> Console:
        """As the administrator is shown them."""
        self.prove()
        routes = sorted({*access.TABLE, *access.OWN, *access.OPEN})
        case = self.admin.board()[0].id
        places = {
            "household": self.kit.household,
            "case": case,
            "item": "i-none",
            "n": "1",
            "user": "newcomer",
            "kid": self.kit.kid,
        }
        forms = Forms()
        for method, path in routes:
            if method == "GET" and path not in _NOT_ASKED:
                for person in (self.admin, self.newcomer):
                    forms.feed(person.client.get(path.format(**places)).text)
        asked = tuple(route for route in routes if route[1] not in _NOT_ASKED)
        return Console(routes=asked, forms=forms, places=places)

    def prove(self) -> None:
        """Again before five minutes have passed."""
        if time.monotonic() - self._proved > _PROVED_FOR_S:
            self.admin.prove()
            self._proved = time.monotonic()

    def dress_kit(self, case: Any, how: Signed, event: Json) -> dict[str, Any]:
        """With the session's token; what is signed is signed as the kit's own."""
        said = event | {
            "source": f"urn:anshim:kit:{self.kit.id}",
            "subject": self.kit.household,
            "id": f"{self.kit.household}.{next(self._numbers)}.any",
        }
        match case.path:
            case "/v1/events" if how is not Signed.NOT:
                case.body = {"events": [self._signed(said, how)]}
            case "/v1/hello" if how is not Signed.NOT:
                case.body = {"hello": self._signed(said, how)}
            case "/v1/heartbeats" if how is Signed.RIGHT:
                case.body = said
            case "/v1/enrolments" if how is Signed.RIGHT:
                case.body = Kit(client=self.kit.client).enrolment("0" * 20)
        token = "x" * 43 if how is Signed.NOT else self.kit.token
        return {"headers": {"Authorization": f"Bearer {token}"}}

    def _signed(self, event: Json, how: Signed) -> str:
        key = Ed25519PrivateKey.generate() if how is Signed.OTHER_KEY else self.kit.key
        headers = {"typ": "anshim-event+jws", "kid": self.kit.kid}
        made = JWS.encode(json.dumps(event).encode(), key, "EdDSA", headers)
        return made[:-9] if how is Signed.BROKEN else made

    def dress_carrier(self, case: Any, how: Signed) -> dict[str, Any]:
        """Signed as Standard Webhooks has it, whatever the body has become."""
        if how is Signed.NOT:
            return {}
        secret = SECRET if case.path.endswith("callbacks") else CARRIER
        key = b"another" if how is Signed.OTHER_KEY else secret_bytes(secret)
        if case.path_parameters:
            case.path_parameters = {"sender": "carrier"}

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            raw = request.body or b""
            raw = raw.encode() if isinstance(raw, str) else raw
            assert isinstance(raw, bytes)
            id_, timestamp = uuid.uuid4().hex, str(int(time.time()))
            request.headers["webhook-id"] = id_
            request.headers["webhook-timestamp"] = timestamp
            right = signature(key, id_=id_, timestamp=timestamp, body=raw)
            request.headers["webhook-signature"] = right[:-5] if how is Signed.BROKEN else right
            return request

        return {"auth": sign}

    def dress_staff(self, case: Any, how: Signed) -> dict[str, Any]:
        """With a session, and the token that its own forms carry."""
        if how is Signed.NOT:
            return {}
        self.prove()
        is_own = access.is_own(case.method, case.path)
        person = self.newcomer if is_own else self.admin
        cookies = {name: value for name, value in person.client.cookies.items() if value}
        token = self._token_of(person)
        if case.path == "/login":
            cookies = {"anshim_form": "a-token"}
            token = "a-token"
        if isinstance(case.body, dict) and how is not Signed.BROKEN:
            case.body = case.body | {"csrf": token}
        return {"cookies": cookies}

    def _token_of(self, person: Person) -> str:
        """The same for as long as the login lasts."""
        cookie = person.client.cookies["anshim_login"]
        if cookie not in self._tokens:
            self._tokens[cookie] = person.page("/account").tokens[0]
        return self._tokens[cookie]
