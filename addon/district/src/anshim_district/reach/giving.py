"""What the next move is in telling a colleague of a case that was given to them.

Apart from the telling of whose turn it is, which goes on as if nothing had been given. Reads only;
the dispatcher performs it.
"""

from datetime import datetime

from sqlalchemy import Connection

from ..casework import load_file
from ..duty.book import load_duty
from ..duty.errands import Errand
from ..duty.roster import Way, people
from ..registry import book
from ..registry.vault import Vault
from .carrier import TO_TAKE
from .telling import Letter, Over, Send, Teller, pace_of


def next_give(
    teller: Teller, connection: Connection, vault: Vault, errand: Errand, now: datetime
) -> Send | Over:
    """A text, then a call; over once they or others have it."""
    case = load_file(connection, errand.household).case(errand.case)
    ways = [way for way in (Way.TEXT, Way.CALL) if way in teller.ways]
    if case is None or case.given_to is None or errand.step >= len(ways):
        return Over()
    phone = load_duty(connection, now).user_phones.get(case.given_to, "")
    found = book.look_up(connection, vault, errand.household)
    words = teller.words(found, errand, case, "give")
    way = ways[errand.step]
    letters = tuple(
        Letter(
            to=one,
            way=way,
            words=words[way.value],
            digits=TO_TAKE,
            reference=errand.reference(),
        )
        for one in people({case.given_to: phone})
    )
    if not letters:
        return Over()  # the list said that there is no number
    due = now + pace_of(errand).call_after
    return Send(letters=letters, noted=f"tell_{way}", step=errand.step + 1, due=due)
