from hypothesis import given, strategies as st
import pytest

from .contract_files import kinds
from .generated import drawn, events
from .public_library import same, through_the_public_library


@pytest.mark.parametrize("kind", kinds())
@drawn
@given(data=st.data())
def test_whatever_the_contract_allows_survives_a_strangers_library(
    kind: str, data: st.DataObject
) -> None:
    event = data.draw(events(kind))
    read = through_the_public_library(event)
    if "time" not in event:
        del read["time"]  # invented by the library
    assert same(read, event)
