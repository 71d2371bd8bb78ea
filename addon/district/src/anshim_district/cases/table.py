"""The case ladder as one total table: sign × standing → act.

`ladder` reads it; nothing else knows what a sign does. Every pair is written down. `free` is
nobody's, `held` is a person's for half an hour, `resting` was answered without anybody having been
seen, and comes back by itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .words import Act, Sign, Standing


def _row(*, none: Act, free: Act, held: Act, resting: Act) -> Mapping[Standing, Act]:
    return MappingProxyType(
        {
            Standing.NONE: none,
            Standing.FREE: free,
            Standing.HELD: held,
            Standing.RESTING: resting,
        }
    )


TABLE: Mapping[Sign, Mapping[Standing, Act]] = MappingProxyType(
    {
        # a person who holds the case keeps it while it rises; an answered one comes back
        Sign.HIGHER: _row(none=Act.OPEN, free=Act.RAISE, held=Act.RAISE, resting=Act.SAY_AGAIN),
        Sign.SAME: _row(none=Act.OPEN, free=Act.NOTE, held=Act.NOTE, resting=Act.SAY_AGAIN),
        # nobody had taken it in time, or help was called for again: whoever holds it may not know
        Sign.AGAIN: _row(
            none=Act.OPEN, free=Act.SAY_AGAIN, held=Act.SAY_AGAIN, resting=Act.SAY_AGAIN
        ),
        # a note on a case that never came is all there is of an alert: it opens one
        Sign.NOTE: _row(none=Act.OPEN, free=Act.NOTE, held=Act.NOTE, resting=Act.NOTE),
        Sign.RUNG_DUE: _row(
            none=Act.NOTHING, free=Act.RAISE, held=Act.NOTHING, resting=Act.NOTHING
        ),
        Sign.AGAIN_DUE: _row(
            none=Act.NOTHING, free=Act.SAY_AGAIN, held=Act.NOTHING, resting=Act.NOTHING
        ),
        Sign.HOLD_LAPSED: _row(
            none=Act.NOTHING, free=Act.NOTHING, held=Act.SAY_AGAIN, resting=Act.NOTHING
        ),
        Sign.REARM_DUE: _row(
            none=Act.NOTHING, free=Act.NOTHING, held=Act.NOTHING, resting=Act.SAY_AGAIN
        ),
        # `held` here is another person's; one's own hold is renewed as if the case were free
        Sign.HOLD: _row(none=Act.REFUSE, free=Act.OWN, held=Act.REFUSE, resting=Act.OWN),
        # whoever saw or spoke to the resident may say so, whoever holds the case
        Sign.SEEN: _row(none=Act.REFUSE, free=Act.CLOSE, held=Act.CLOSE, resting=Act.CLOSE),
        Sign.UNSEEN: _row(none=Act.REFUSE, free=Act.REST, held=Act.REFUSE, resting=Act.REST),
        Sign.DECLINED: _row(
            none=Act.REFUSE, free=Act.DECLINE, held=Act.REFUSE, resting=Act.DECLINE
        ),
        Sign.ENDED: _row(none=Act.NOTE, free=Act.CLOSE, held=Act.CLOSE, resting=Act.CLOSE),
        Sign.ENDED_BY_NOBODY: _row(none=Act.NOTE, free=Act.NOTE, held=Act.NOTE, resting=Act.NOTE),
    }
)
