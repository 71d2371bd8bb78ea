"""A sign of life that somebody else knows of. Called by `decide`."""

from .happenings import Learnt
from .model import Effect, File, Noted, SendLife
from .words import Family


def pass_on(file: File, learnt: Learnt) -> tuple[Effect, ...]:
    """A line for whoever has the case, and life for the home: its ladder knows what that ends."""
    case = file.open_case(Family.WELFARE)
    noted = Noted(
        case=case.id if case else None,
        code=f"learnt_{learnt.evidence}",
        at=learnt.at,
        by="district",
        facts={"sender": learnt.sender},
    )
    return noted, SendLife(case=case, evidence=learnt.evidence, at=learnt.at)
