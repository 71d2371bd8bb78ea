from .contract_files import accepted_events
from .public_library import same, through_the_public_library

TIMED = [example for example in accepted_events() if "time" in example.content]
TIMELESS = [example for example in accepted_events() if "time" not in example.content]


def test_a_stranger_with_the_public_library_reads_what_we_wrote_and_writes_it_back() -> None:
    assert TIMED
    for example in TIMED:
        assert same(through_the_public_library(example.content), example.content), example.name


def test_all_but_the_time_survives_a_library_that_invents_one_while_the_clock_is_not_set() -> None:
    assert TIMELESS
    for example in TIMELESS:
        read = through_the_public_library(example.content)
        known = {name: value for name, value in read.items() if name != "time"}
        assert known == example.content, example.name
