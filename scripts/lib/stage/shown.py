"""What everybody on the street shows at this moment: tests put it beside what has failed.

A run that fails far away has nothing but its output: it must be enough to understand it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from stage.processes import LOG_TAIL_LINES, Program, tail_of
from stage.relay import Relay
from stage.street import Street

AT_HOME = ("stage", "watch", "last_activity", "next_deadline", "receipt")


def shown(street: Street) -> str:
    """One line for each thing that can be asked, asked now."""
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("clock", lambda: f"{street.clock.now():%F %T} at rate {street.clock.rate:g}"),
        ("programs", lambda: {p.name: running(p) for p in street.programs()}),
        ("lines", lambda: {"home": street.home_line.state, "district": street.district_line.state}),
        ("home", lambda: {key: street.household.state(key) for key in AT_HOME}),
        ("of its stage", lambda: street.household.attributes("stage")),
        ("devices", lambda: dict(readings(street))),
        ("open cases", street.staff.board),
        ("kept, not delivered", lambda: [street.books.kept[name] for name in street.books.lost]),
        ("relay", lambda: destinations(street.relay)),
    )
    return "\n".join(f"{what}: {answered(ask)}" for what, ask in asked)


def running(program: Program) -> str:
    return "runs" if program.running() else "has ended"


def readings(street: Street) -> Iterator[tuple[str, str | None]]:
    for device in street.devices.all():
        entity = device.entity_id(device.readings[0].key)
        yield entity, street.household.client.state(entity)


def destinations(relay: Relay) -> object:
    status = relay.status()
    return status["destinations"] if status else "does not answer"


def answered(ask: Callable[[], object]) -> str:
    """Whoever cannot be asked says so, and hides nobody else's answer."""
    try:
        return str(ask())
    except Exception as error:  # noqa: BLE001 - the failure that is being told of is another one
        return f"cannot be asked ({type(error).__name__}: {error})"


def last_words(folder: Path) -> str:
    """The end of each program's log below the street's folder."""
    logs = sorted((*folder.glob("logs/*.log"), *folder.glob("broker/*.log")))
    return "\n".join(f"{log.relative_to(folder)}:\n{tail_of(log, LOG_TAIL_LINES)}" for log in logs)
