"""Very many relays that come back at once are heard together, each of them."""

from concurrent.futures import ThreadPoolExecutor
import sqlite3

from tests.district.conftest import Make, installed
from tests.district.support.kit import Kit
from tests.district.test_crashes import at_console

RELAYS = 24


def test_relays_that_come_back_with_full_queues_are_all_heard(make: Make) -> None:
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(RELAYS)]
    queues = [[kit.signed(kit.alert("quiet", episode=1)) for _ in range(100)] for kit in kits]

    def send(kit: Kit, queue: list[str]) -> set[str]:
        kit.client = district.client()
        return {sent.status for sent in kit.send(*queue)}

    with ThreadPoolExecutor(RELAYS) as senders:
        answered = list(senders.map(send, kits, queues))
        again = list(senders.map(send, kits, queues))
    assert answered == [{"durable"}] * RELAYS
    assert again == [{"repeat"}] * RELAYS
    assert '"level":"error"' not in district.log
    board = at_console(district).board()
    assert [sum(kit.household in case.text for case in board) for kit in kits] == [1] * RELAYS


def test_what_came_twice_in_one_breath_is_filed_once(make: Make) -> None:
    district = make()
    district.start()
    kit = installed(district, at_console(district))
    word = kit.signed(kit.alert("quiet"))

    def send(_: int) -> str:
        return Kit(**{**vars(kit), "client": district.client()}).send(word)[0].status

    with ThreadPoolExecutor(16) as senders:
        heard = sorted(senders.map(send, range(16)))
    assert heard == ["durable", *["repeat"] * 15]


def test_one_that_we_fail_at_keeps_no_other_from_being_heard(make: Make) -> None:
    """Sixteen kits at once, one of them with a case that cannot be read any more."""
    district = make()
    district.start()
    person = at_console(district)
    kits = [installed(district, person) for _ in range(16)]
    for kit in kits:
        kit.send(kit.alert("quiet"))
    with sqlite3.connect(district.data / "district.sqlite") as database:
        query = "UPDATE cases SET state = ? WHERE household = ?"
        database.execute(query, (b"{", kits[3].household))

    def send(kit: Kit) -> str:
        kit.client = district.client()
        return kit.send(kit.alert("knock", episode=1))[0].status

    with ThreadPoolExecutor(16) as senders:
        heard = list(senders.map(send, kits))
    assert heard == ["quarantined" if n == 3 else "durable" for n in range(16)]
