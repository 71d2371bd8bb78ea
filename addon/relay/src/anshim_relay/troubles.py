"""Trouble that the relay itself has to tell, kept like any event.

Its outbox was damaged, or is not the one it used last.
"""

from anshim_relay.envelope import TROUBLE, Event, Priority
from anshim_relay.messages import own_event, to_keep
from anshim_relay.outbox.keeping import Moment
from anshim_relay.seal import Seal


def trouble(code: str, *, seal: Seal, household: str, epoch: str, moment: Moment) -> Event:
    """One for each epoch: a relay that starts again and again says it once."""
    document = own_event(
        kind=TROUBLE,
        id_=f"{seal.kit}.trouble-{code}.{epoch}",
        source=seal.source,
        subject=household,
        moment=moment,
        data={"code": code, "state": "raised"},
        priority=Priority.TROUBLE,
    )
    return to_keep(document)
