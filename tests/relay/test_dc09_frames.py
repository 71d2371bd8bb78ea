"""Frames as two strangers read them: pysiaalarm, which is a receiver, and siadc09, a parser."""

from datetime import UTC, datetime

from hypothesis import given, settings, strategies as st
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent
import pytest
from siadc09 import message

from anshim_relay.dc09.frames import (
    EVENT,
    POLL,
    Account,
    GarbledError,
    Word,
    crc16,
    frame,
    reply_in,
)
from anshim_relay.dc09.words import CODES, code_of

KEY = b"0123456789ABCDEF"
NOW = datetime(2026, 11, 24, 2, 3, 4, tzinfo=UTC)
KEYS = pytest.mark.parametrize(
    "key", [None, KEY, KEY + KEY[:8], KEY + KEY], ids=["plain", "128", "192", "256"]
)
MEANINGS = {
    "NA": "No Activity",
    "NS": "Activity Resumed",
    "QA": "Emergency Alarm",
    "QH": "Emergency Alarm Restore",
    "RP": "Automatic Test",
    "XT": "Transmitter Battery Trouble",
    "XR": "Transmitter Battery Restoral",
    "YS": "Communications Trouble",
    "YK": "Communications Restoral",
}


def account(key: bytes | None) -> Account:
    return Account(number="12AB", receiver="1", line="0", key=key)


@KEYS
@pytest.mark.parametrize("code", MEANINGS)
def test_a_receiver_reads_each_code(key: bytes | None, code: str) -> None:
    sent = frame(account(key), EVENT, f"#12AB|Nri1/{code}1", number=42, stamp=NOW)
    known = SIAAccount("12AB", key.decode() if key else None, allowed_timeband=None)
    read = SIAEvent.from_line(sent.decode().strip(), {"12AB": known})

    assert read.valid_message
    assert (read.code, read.account, read.sequence, read.ri) == (code, "12AB", "0042", "1")
    assert isinstance(read.timestamp, datetime)
    assert read.timestamp.replace(tzinfo=UTC) == NOW
    assert read.sia_code is not None


@KEYS
@pytest.mark.parametrize("code", MEANINGS)
def test_an_independent_parser_reads_each_code(key: bytes | None, code: str) -> None:
    sent = frame(account(key), EVENT, f"#12AB|Nri1/{code}1", number=42, stamp=NOW)
    read = message.parse_frame(sent, key)

    assert (read.seq, read.account.acct, read.timestamp) == (42, 0x12AB, NOW)
    assert read.data.content == f"#12AB|Nri1/{code}1".encode()
    assert f"New Event: {MEANINGS[code]}" in str(read)


@KEYS
def test_a_poll_is_read_by_both(key: bytes | None) -> None:
    sent = frame(account(key), POLL, "", number=1, stamp=NOW)
    known = SIAAccount("12AB", key.decode() if key else None, allowed_timeband=None)
    assert SIAEvent.from_line(sent.decode().strip(), {"12AB": known}).valid_message
    assert message.parse_frame(sent, key).account.acct == 0x12AB


def test_no_code_is_sent_that_nobody_has_read() -> None:
    assert set(CODES.values()) <= set(MEANINGS)


def test_no_two_encrypted_frames_look_alike() -> None:
    same = {frame(account(KEY), POLL, "", number=1, stamp=NOW) for _ in range(50)}
    assert len(same) == 50


def answer(word: str, *, number: int = 42, key: bytes | None = None, stamp: str = "") -> bytes:
    """As the standard writes it, by the parser's own hand where it can."""
    content = f'"{word}"{number:04d}R1L0#12AB[]{stamp}'.encode()
    return b"\n%04X%04X%s\r" % (crc16(content), len(content), content)


@pytest.mark.parametrize("word", list(Word))
def test_answers_are_understood(word: Word) -> None:
    assert reply_in(answer(word), account(None), number=42).word is word


def test_a_nak_tells_the_time_of_the_centre() -> None:
    nak = answer("NAK", number=0, stamp="_02:03:04,11-24-2026")
    assert reply_in(nak, account(None), number=42).stamp == NOW


@pytest.mark.parametrize(
    "garbled",
    [
        answer("ACK", number=41),
        answer("ACK")[:-1],
        answer("ACK").replace(b"#12AB", b"#12AC"),
        b"\n00000000\r",
        b"OK\r",
        b"",
    ],
    ids=["another frame", "half", "checksum", "nothing", "chat", "empty"],
)
def test_what_is_no_answer_to_our_frame_is_garbled(garbled: bytes) -> None:
    with pytest.raises(GarbledError):
        reply_in(garbled, account(None), number=42)


def test_an_ack_in_the_open_is_no_ack_where_a_key_was_agreed() -> None:
    with pytest.raises(GarbledError):
        reply_in(answer("ACK"), account(KEY), number=42)


def test_an_ack_made_with_another_key_is_no_ack() -> None:
    theirs = Account(number="12AB", key=b"F" * 16)
    sent = frame(theirs, "ACK", "", number=42, stamp=NOW)
    assert reply_in(sent, theirs, number=42).word is Word.ACK
    with pytest.raises(GarbledError):
        reply_in(sent, account(KEY), number=42)


MEANT = st.sampled_from([answer(word) for word in Word])


@settings(max_examples=400)
@given(
    wild=st.one_of(
        st.binary(max_size=200),
        st.builds(
            lambda good, at, byte: good[:at] + bytes([byte]) + good[at + 1 :],
            MEANT, st.integers(0, 40), st.integers(0, 255),
        ),
    ),
    key=st.sampled_from([None, KEY]),
)  # fmt: skip
def test_no_answer_however_wild_is_taken_for_an_ack(wild: bytes, key: bytes | None) -> None:
    try:
        reply = reply_in(wild, account(key), number=42)
    except GarbledError:
        return
    assert wild in {answer(word) for word in Word} or reply.word is not Word.ACK


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("emergency", {"said": "first"}, "QA"),
        ("emergency", {"said": "again"}, "QA"),
        ("emergency", {"said": "note"}, None),
        ("knock", {"said": "first"}, "NA"),
        ("visit", {"said": "first"}, "NA"),
        ("unknown", {"said": "first"}, "NA"),
        ("quiet", {"said": "first"}, None),
        ("resolved", {"episode": 1}, "NS"),
        ("drill", {}, "RP"),
        ("trouble", {"code": "battery", "state": "raised"}, "XT"),
        ("trouble", {"code": "battery", "state": "cleared"}, "XR"),
        ("trouble", {"code": "blind", "state": "raised"}, "YS"),
        ("trouble", {"code": "blind", "state": "cleared"}, "YK"),
        ("consent", {}, None),
        ("absence", {}, None),
        ("weather", {}, None),
    ],
)
def test_each_kind_has_its_code_or_none(kind: str, data: dict[str, str], code: str | None) -> None:
    assert code_of({"type": f"kr.anshim.knock.{kind}.v1", "data": data}) == code
