"""A district's office for the browser: staff of every role, homes, cases; the test moves the clock.

The real program behind its real front door, filled through that door.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize

from tests.district.conftest import installed
from tests.district.support.kit import Kit, now_text
from tests.district.support.moved import HandClock, MovedDistrict
from tests.district.support.person import Person
from tests.district.support.process import PASSWORD, USER
from tests.district.test_access import CODE, added

DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@dataclass(frozen=True, kw_only=True)
class Resident:
    name: str
    address: str
    dong: str
    access: str = ""
    phone: str = "010-2345-6789"


YEONGSUN = Resident(
    name="김영순", address="문안로 12, 301호", dong="문안동", access="열쇠는 경비실에 있음"
)
MALJA = Resident(name="박말자", address="샘터길 4", dong="샘터동")
CHUNSIK = Resident(name="최춘식", address="문안로 30", dong="문안동")


@dataclass(kw_only=True)
class Office:
    district: MovedDistrict
    admin: Person
    roles: set[str] = field(default_factory=set)

    def home(self, resident: Resident) -> Kit:
        kit = installed(self.district, self.admin)
        token = self.admin.page(f"/homes/{kit.household}/resident").tokens[0]
        fields = {
            "csrf": token,
            "name": resident.name,
            "address": resident.address,
            "dong": resident.dong,
            "access": resident.access,
            "phone": resident.phone,
            "guardian1": "김철수",
            "guardian1_phone": "010-9876-5432",
        }
        answer = self.admin.client.post(f"/homes/{kit.household}/resident", data=fields)
        assert answer.status_code == 303, answer.text
        kit.beat()
        return kit

    def hire(self, role: str, dongs: str = "") -> None:
        """Once; the account is called `the-` and the role."""
        if role not in self.roles:
            added(self.district, self.admin, role, dongs)
            self.roles.add(role)

    def say(self, kit: Kit, kind: str) -> None:
        attributes = {"time": now_text(self.district.now)}
        made = kit.emergency if kind == "emergency" else lambda **more: kit.alert(kind, **more)
        kit.send(made(attributes=attributes))
        self.district.pass_time(seconds=0)

    def log_in(self, page: Page, role: str) -> None:
        page.goto(f"{self.district.url}/login")
        page.locator("#user").fill(USER if role == "admin" else f"the-{role}")
        page.locator("#password").fill(PASSWORD if role == "admin" else CODE)
        page.locator("form[action$='/login'] button").click()
        page.wait_for_url(lambda url: "/login" not in url)

    def prove(self, page: Page, role: str) -> None:
        """Before what leaves the house."""
        page.locator("#code").fill(PASSWORD if role == "admin" else CODE)
        page.locator("form[action$='/prove'] button").click()


@contextmanager
def office(folder: Path, moment: datetime) -> Iterator[Office]:
    district = MovedDistrict(data=folder, clock=HandClock(moment=moment))
    admin = Person(client=district.client())
    admin.log_in()
    try:
        yield Office(district=district, admin=admin)
    finally:
        district.close()


@contextmanager
def window(
    browser: Browser, size: ViewportSize, language: str = "ko", *, dark: bool = False
) -> Iterator[Page]:
    context = browser.new_context(
        viewport=size,
        color_scheme="dark" if dark else "light",
        locale="ko-KR" if language == "ko" else "en-GB",
        timezone_id="Asia/Seoul",
        accept_downloads=True,
    )
    try:
        yield context.new_page()
    finally:
        context.close()
