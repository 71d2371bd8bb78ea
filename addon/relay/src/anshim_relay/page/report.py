"""What a technician takes along: what the page says, then every detail and the log's warnings.

The details are for whoever helps from afar, in the words of the log. Pseudonyms only, no secret.
"""

from collections.abc import Iterable, Iterator

from anshim_relay import CONTRACT, VERSION, clock, log
from anshim_relay.condition import Condition
from anshim_relay.options import Options
from anshim_relay.outbox.recent import Trace
from anshim_relay.page import words
from anshim_relay.page.picture import Line, Picture, Receiver, headline
from anshim_relay.page.texts import text


def file_name(picture: Picture) -> str:
    day = "undated" if picture.now is None else picture.now.astimezone().strftime("%Y%m%d-%H%M")
    return f"anshim-relay-{picture.kit or 'not-enrolled'}-{day}.txt"


def written(language: str, picture: Picture, condition: Condition, options: Options) -> str:
    parts = [
        (text(language, "report.title"), summary(language, picture)),
        ("relay", about(picture)),
        *((f"to {r.line.name}", to(r)) for r in picture.receivers),
        ("figures", figures(condition)),
        ("options that are set", given(options)),
        ("kept last, newest first", [trace(t) for t in picture.last]),
        ("warned of last", list(log.noteworthy)),
    ]
    return "".join(f"# {title}\n{block(lines)}\n" for title, lines in parts)


def summary(language: str, picture: Picture) -> Iterator[str]:
    """The page in short, for whoever reads no log."""
    said = words.said(language, picture, headline(picture))
    yield from filter(None, (said.head, said.kept, said.urgent, said.why))
    for look in words.looks(language, picture):
        yield f"{look.name}: {look.says}"
    for receiver in picture.receivers:
        whole = words.state(language, receiver.line, picture.now, is_whole=True)
        yield f"{text(language, f'receiver.{receiver.line.name}')}: {whole}"
    for priority, n in picture.queue.counts.items():
        yield f"{text(language, f'priority.{priority}')}: {n}"
    yield text(language, "report.details")


def block(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines) or "nothing\n"


def about(picture: Picture) -> Iterator[str]:
    yield f"version {VERSION}, contract {CONTRACT}"
    yield f"now {'nobody knows' if picture.now is None else clock.text(picture.now)}"
    yield f"clock set: {picture.clock_set}"
    yield f"running for {picture.up_s:.0f} s"
    yield f"kit {picture.kit}, household {picture.household}, district {picture.district}"
    yield f"home assistant: {picture.ha}, last heard {ago(picture.ha_age_s)}"
    yield f"heartbeat answered {ago(picture.beat_age_s)}"


def to(receiver: Receiver) -> Iterator[str]:
    yield line(receiver.line)
    for way in receiver.ways:
        yield f"  by {way.name}: {line(way)}"
    counts = ", ".join(f"{priority} {n}" for priority, n in receiver.queue.counts.items())
    yield f"waiting: {counts}; the oldest for {receiver.queue.oldest_s or 0} s"


def line(of: Line) -> str:
    since = "" if of.since is None else f" since {clock.text(of.since)}"
    why = f" ({of.reason})" if of.reason else ""
    return f"{'connected' if of.connected else 'not connected'}{since}{why}"


def figures(condition: Condition) -> Iterator[str]:
    commits, beats = condition.outbox.commits, condition.beats
    mean = commits.total_s / commits.count if commits.count else 0.0
    yield f"commits {commits.count}, on average {1000 * mean:.1f} ms"
    yield f"heartbeats answered {beats.answered}, missed {beats.missed}"
    yield f"messages from the district not believed: {condition.refusals.total}"
    for destination in (condition.district, *condition.others):
        for way in destination.ways:
            name = f"{destination.link.name} by {way.carrier.name}"
            yield f"{name}: delivered {way.delivered}, failed {way.failed_in_all}"


def given(options: Options) -> list[str]:
    """Names only: some of the values open something."""
    empty = Options(listen_host="")
    return [
        name
        for name in Options.__dataclass_fields__
        if getattr(options, name) != getattr(empty, name)
    ]


def trace(of: Trace) -> str:
    kept = "at a time nobody knows" if of.kept_at is None else clock.text(of.kept_at)
    proofs = [
        f"{name}: {'owed' if proof.answer is None else proof.answer}"
        + ("" if proof.at is None else f" {clock.text(proof.at)}")
        for name, proof in of.proofs.items()
    ]
    return f"{of.id} kept {kept}; {', '.join(proofs)}; {of.digest or 'not signed yet'}"


def ago(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f} s ago"
