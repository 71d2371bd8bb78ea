"""What the line itself can dial: no emergency number, whoever asks and however it is written."""

import re
from typing import Final

from hypothesis import given, settings as trying, strategies as st
import pytest

from anshim_district.reach.sip.account import Account
from anshim_district.registry.phones import Dialable, NotDialableError

RESIDENT: Final = Dialable("+821012345678")
SHORT: Final = ("119", "112", "110", "111", "113", "117", "118", "122", "125", "127", "128", "129")


def written(number: str) -> st.SearchStrategy[str]:
    """As people and programs write it: country codes, leading zeros, separators anywhere."""
    before = st.sampled_from(["", "0", "00", "+82", "+82-0", "82", "0082", "+", "tel:", "sip:"])
    between = st.lists(
        st.sampled_from(["", "-", " ", ".", "(", ")", "\u00a0"]),
        min_size=len(number),
        max_size=len(number),
    )
    after = st.sampled_from(["", "#", "*", ";", "@pbx", ",", ",119", "\r\n", "?", "%23"])
    return st.tuples(before, between, after).map(
        lambda t: t[0] + "".join(a + b for a, b in zip(number, t[1], strict=True)) + t[2]
    )


def forged(number: str) -> Dialable:
    """Around the door that a number has to pass: whatever may be wrong above."""
    made = Dialable.__new__(Dialable)
    object.__setattr__(made, "e164", number)
    return made


@pytest.mark.parametrize("international", [False, True])
@pytest.mark.parametrize("prefix", ["", "9", "0", "90", "#9"])
@given(data=st.data())
@trying(max_examples=80)
def test_the_line_itself_dials_no_emergency_number_however_it_is_written(
    data: st.DataObject, prefix: str, *, international: bool
) -> None:
    account = Account(server="pbx", user="u", prefix=prefix, international=international)
    short = st.sampled_from([*SHORT, "1339", "1366", "1577", "15881234", "16001234"])
    typed = data.draw(short.flatmap(written), label="number")
    with pytest.raises(NotDialableError):
        account.uri(forged(typed))


@pytest.mark.parametrize("prefix", ["1", "11", "119", "91"])
def test_no_outside_lines_digit_makes_an_emergency_number_of_anything(prefix: str) -> None:
    with pytest.raises(NotDialableError):
        Account(server="pbx", user="u", prefix=prefix).uri(RESIDENT)


@given(
    typed=st.text(alphabet="0123456789+-*#@;:?, ", max_size=16), prefix=st.sampled_from(["", "9"])
)
@trying(max_examples=500)
def test_whatever_is_dialled_is_a_whole_subscribers_number(typed: str, prefix: str) -> None:
    try:
        uri = Account(server="pbx", user="u", prefix=prefix).uri(forged(typed))
    except NotDialableError:
        return
    assert re.fullmatch(rf"sip:{prefix}0[1-9]\d{{7,9}}@pbx;transport=udp", uri)
