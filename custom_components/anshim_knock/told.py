"""How far the open alert has come, for whoever shows it or has to tell somebody else."""

from enum import StrEnum

from .logic.words import Stage
from .relay.words import CaseState
from .view import View


class Told(StrEnum):
    """How far the open alert has come; never further than is known."""

    SENDING = "sending"
    # The relay keeps it and reaches the district: nobody has said yet that it arrived.
    SENT = "sent"
    RECEIVED = "received"


def told(view: View) -> Told | None:
    """Kept, sent and received are not the same (contract §1)."""
    if view.stage is Stage.CALM:
        return None
    if view.untold:
        return Told.SENDING
    case = view.case
    if case and case.episode == view.episode and case.state is not CaseState.CLOSED:
        return Told.RECEIVED
    return Told.SENT if view.link.reached and view.link.connected else Told.SENDING
