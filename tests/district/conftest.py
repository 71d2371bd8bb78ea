"""Districts, kits and people for the tests. One process serves all tests that do not stop it."""

from collections.abc import Callable, Iterator
import logging
from pathlib import Path

import pytest

from anshim_district.logs import JsonLines
from tests.district.support.kit import Kit
from tests.district.support.moved import MovedDistrict
from tests.district.support.opened import opened
from tests.district.support.person import Person
from tests.district.support.postgres import Postgres
from tests.district.support.process import PASSWORD, USER, DistrictProcess
from tests.district.support.provider import Provider
from tests.district.support.reaching import write

type Make = Callable[..., DistrictProcess]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """A program that ran in here wrote its log to a test's own standard error."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
    for handler in list(root.handlers):
        if isinstance(handler.formatter, JsonLines):
            root.removeHandler(handler)


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DistrictProcess]:
    district = DistrictProcess(folder=tmp_path_factory.mktemp("district"))
    district.start_cold()
    yield district
    district.end()


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Districts of a test's own; whatever it leaves running is ended."""
    made: list[DistrictProcess] = []

    def one(name: str = "own", **options: object) -> DistrictProcess:
        made.append(DistrictProcess(folder=tmp_path / name, options=options))
        return made[-1]

    yield one
    for district in made:
        district.end()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres.started()
    yield server
    server.close()


@pytest.fixture(scope="session")
def opened_once() -> Path:
    """A data folder with schema, keys and the first account, to be copied."""
    return opened(USER, PASSWORD)


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[MovedDistrict]:
    district = MovedDistrict(data=tmp_path)
    yield district
    district.close()


@pytest.fixture(scope="session")
def person(district: DistrictProcess) -> Person:
    """Somebody who is logged in."""
    person = Person(client=district.client())
    assert person.log_in().status_code == 303
    return person


@pytest.fixture
def kit(district: DistrictProcess, person: Person) -> Kit:
    """Enrolled, greeted, at a home of its own."""
    return installed(district, person)


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def reaching(tmp_path: Path, provider: Provider) -> Iterator[MovedDistrict]:
    district = MovedDistrict(data=tmp_path, options={"reach": provider.options})
    yield district
    district.close()


@pytest.fixture
def admin(reaching: MovedDistrict) -> Person:
    return admin_with_phone(reaching)


def admin_with_phone(district: DistrictProcess | MovedDistrict) -> Person:
    person = Person(client=district.client())
    person.log_in()
    write(person, "phones", team="control", phone="02-333-0000")
    return person


@pytest.fixture
def visitor(moved: MovedDistrict) -> Person:
    """Somebody who is logged in where the test moves the clock."""
    person = Person(client=moved.client())
    person.log_in()
    return person


@pytest.fixture
def reached_home(reaching: MovedDistrict, admin: Person) -> Kit:
    return resident_with_phone(reaching, admin)


def resident_with_phone(district: DistrictProcess | MovedDistrict, admin: Person) -> Kit:
    kit = installed(district, admin)
    token = admin.page(f"/homes/{kit.household}/resident").tokens[0]
    fields = {
        "csrf": token,
        "name": "김영순",
        "address": "문안로 1",
        "dong": "문안동",
        "phone": "010-1234-5678",
        "guardian1": "김철수",
        "guardian1_phone": "01098765432",
    }
    answer = admin.client.post(f"/homes/{kit.household}/resident", data=fields)
    assert answer.status_code == 303
    return kit


@pytest.fixture
def home(moved: MovedDistrict, visitor: Person) -> Kit:
    return installed(moved, visitor)


def installed(district: DistrictProcess | MovedDistrict, person: Person) -> Kit:
    kit = Kit(client=district.client())
    assert kit.enrol(person.new_code()).status_code == 201
    kit.hello()
    return kit
