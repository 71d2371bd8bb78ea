"""One recorded morning at the home, planned on the stage's clock, and a kettle later on."""

from datetime import date, datetime, timedelta
from functools import partial

from stage.recorded_life import Use, frames, recorded
from stage.story import HOME_ZONE
from stage.street import Street

RECORDED_DAY = date(2013, 10, 2)
FIRST_USE = "07:31"
# After its last use the person falls silent; in the recording life goes on.
LAST_USE = "07:45"
# The recording has no doors: the newspaper, and the fridge, at times of our own.
DOORS = (("fridge", "07:33"), ("front_door", "07:36"))
DOOR_STANDS_OPEN = timedelta(seconds=12)


def begins(after: datetime) -> datetime:
    """The next time it is just before this morning at the home."""
    today = after.astimezone(HOME_ZONE)
    start = today.replace(hour=7, minute=27, second=0, microsecond=0)
    return start if start > today else start + timedelta(days=1)


def plan(street: Street) -> datetime:
    """Let the recorded morning happen; gives the moment of the last thing that will."""
    day = street.clock.now().astimezone(HOME_ZONE)
    uses = [u for u in recorded(RECORDED_DAY) if FIRST_USE <= f"{u.at:%H:%M}" <= LAST_USE]
    for use in uses:
        _plan_use(street, use, _at(day, f"{use.at:%H:%M}"))
    for name, clock_time in DOORS:
        open_door(street, name, _at(day, clock_time))
    return _at(day, LAST_USE)


def kettle_again(street: Street) -> Use:
    """The recording's next kettle comes now, whatever the clock said then."""
    rest = (use for use in recorded(RECORDED_DAY) if f"{use.at:%H:%M}" > LAST_USE)
    use = next(use for use in rest if use.appliance == "kettle")
    _plan_use(street, use, street.clock.now())
    return use


def _at(day: datetime, clock_time: str) -> datetime:
    hour, minute = clock_time.split(":")
    return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)


def _plan_use(street: Street, use: Use, at: datetime) -> None:
    plug = {"kettle": street.devices.kettle, "microwave": street.devices.microwave}[use.appliance]
    for later, watts in frames(use):
        street.life.plan(at + later, partial(street.bridge.report, plug, power=watts))


def open_door(street: Street, name: str, at: datetime) -> None:
    """It is opened, and closed again a little later."""
    door = {"front_door": street.devices.front_door, "fridge": street.devices.fridge}[name]
    for moment, is_closed in ((at, False), (at + DOOR_STANDS_OPEN, True)):
        street.life.plan(moment, partial(street.bridge.report, door, contact=is_closed))
