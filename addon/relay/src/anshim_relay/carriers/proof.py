"""What a district's answer proves, whichever way it came: its signed ack and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from anshim_relay import jws
from anshim_relay.carriers import OURS, Answer, Verdict
from anshim_relay.district import AwayError
from anshim_relay.identity import Pinned
from anshim_relay.outbox.owing import Owed

SAID = frozenset(Answer) - OURS
# The contract's limits for one request.
MOST = 100
# 1 MiB at most, with room for the array around the events.
MOST_BYTES = 1024 * 1024 - 4096
PATIENCE_S = 8.0
THIN_LINE_BYTES_S = 32 * 1024


def fitting(events: Sequence[Owed]) -> list[Owed]:
    """As many as one request takes, all of one kit: an ack names only one."""
    sent: list[Owed] = []
    size = 0
    for event in events:
        size += len(event.jws) + 3
        if sent and (size > MOST_BYTES or event.kit != sent[0].kit):
            break
        sent.append(event)
    return sent


def patience_for(sent: Sequence[Owed]) -> float:
    """Short enough to notice a half-open line in time, long enough for many on a thin one."""
    return PATIENCE_S + sum(len(event.jws) for event in sent) / THIN_LINE_BYTES_S


def believed(answer: Any, sent: Sequence[Owed], pinned: Pinned) -> Mapping[int, Verdict]:
    """Nothing counts but a result with the right id and the right digest under a pinned key."""
    found = verdicts(answer, sent, pinned)
    if not found:
        raise AwayError("ack-proves-nothing", answered=True)
    return found


def verdicts(answer: Any, sent: Sequence[Owed], pinned: Pinned) -> Mapping[int, Verdict]:
    results = proven(answer, sent[0].kit, pinned)
    rows = {(event.id, event.digest): event.row for event in sent}
    found: dict[int, Verdict] = {}
    for result in results:
        row = rows.get((str(result.get("id")), str(result.get("digest"))))
        status = result.get("status")
        if row is not None and status in SAID:
            reason = result.get("reason")
            found[row] = Verdict(
                answer=Answer(status), reason=reason if isinstance(reason, str) else None
            )
    return found


def proven(answer: Any, kit: str, pinned: Pinned) -> list[dict[str, Any]]:
    try:
        ack = jws.unseal(answer["ack"], pinned.keys, jws.ACK)
        # A district that knows none of our keys acknowledges to nobody in particular.
        if ack["kit"] not in {kit, None}:
            raise AwayError("ack-for-another-kit", answered=True)
        return [result for result in ack["results"] if isinstance(result, dict)]
    except jws.UntrustedError as error:
        raise AwayError("ack-not-verified", answered=True) from error
    except (KeyError, TypeError) as error:
        raise AwayError("ack-not-readable", answered=True) from error
