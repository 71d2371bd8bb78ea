"""Trouble that the relay itself has to tell, kept like any event.

Its outbox was damaged, or is not the one it used last.
"""

import hashlib

import orjson

from anshim_relay.envelope import TROUBLE, Event, Priority
from anshim_relay.messages import own_event
from anshim_relay.outbox.keeping import Moment
from anshim_relay.seal import Seal


def trouble(code: str, *, seal: Seal, household: str, epoch: str, moment: Moment) -> Event:
    """One for each epoch: a relay that starts again and again says it once."""
    id_ = f"{seal.kit}.trouble-{code}.{epoch}"
    document = own_event(
        kind=TROUBLE,
        id_=id_,
        source=seal.source,
        subject=household,
        moment=moment,
        data={"code": code, "state": "raised"},
        priority=Priority.TROUBLE,
    )
    return Event(
        id=id_,
        kind=TROUBLE,
        subject=household,
        priority=Priority.TROUBLE,
        householdversion=None,
        content=orjson.dumps(document),
        digest=hashlib.sha256(id_.encode()).digest(),
    )
