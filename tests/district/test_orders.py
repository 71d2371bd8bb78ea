"""What the one writer does next: much work lets pass what somebody waits for, and is done too."""

from anshim_district.storage.orders import Orders


def test_between_two_parts_of_much_work_all_that_came_meanwhile_is_written() -> None:
    orders = Orders[str]()
    for part in ("claim 1", "claim 2", "claim 3"):
        orders.put(part, patient=True)
    for heard in ("help", "heartbeat"):
        orders.put(heard)
    assert orders.next_group(256) == ["help", "heartbeat"]
    assert orders.next_group(256) == ["claim 1"]
    orders.put("another call for help")
    assert orders.next_group(256) == ["another call for help"]
    assert orders.next_group(256) == ["claim 2"]
    assert orders.next_group(256) == ["claim 3"]


def test_much_work_goes_on_however_much_is_heard() -> None:
    orders = Orders[str]()
    orders.put("claim", patient=True)
    for _ in range(9):
        orders.put("heartbeat")
    groups = [orders.next_group(3) for _ in range(4)]
    assert groups == [["heartbeat"] * 3, ["claim"], ["heartbeat"] * 3, ["heartbeat"] * 3]


def test_what_was_asked_before_the_end_is_still_done() -> None:
    orders = Orders[str]()
    orders.put("fold", patient=True)
    orders.put("heartbeat")
    orders.end()
    assert [orders.next_group(256) for _ in range(3)] == [["heartbeat"], ["fold"], []]
