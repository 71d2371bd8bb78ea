"""What a backtest found, in sentences a technician reads, in Home Assistant's language."""

from collections.abc import Mapping
from datetime import tzinfo
from math import isinf
from typing import Self

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .adoption.wording import Words
from .forms import LimitMode
from .logic.picture import Captions
from .logic.played import Played
from .logic.rhythm import Rung
from .logic.rhythm.backtest import Alarm, Backtest
from .logic.rhythm.clockface import moment

_GROUP = "backtest"
_WHY = "backtest_why"
_HOUR_S = 3600.0
# More would be no list but a wall of text; the action's answer has all of them.
MOST_LISTED = 10


class BacktestWords:
    """The texts of one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @classmethod
    async def of(cls, hass: HomeAssistant) -> Self:
        """Load them."""
        return cls(await Words.of(hass))

    def captions(self) -> Captions:
        """What stands in the picture."""
        return Captions(
            life=self._say("picture_life"),
            limits=self._say("picture_limits"),
            asked=self._say("picture_asked"),
            called=self._say("picture_called"),
            weekdays=self._say("weekdays").split("|"),
        )

    def told(self, mode: LimitMode, past: Played, zone: tzinfo, titles: Mapping[str, str]) -> str:
        """The whole story: how much past there was, then a paragraph for each rung."""
        head = self._say(
            "head",
            days=round(past.days),
            watched=round(past.watched_days),
            mode=self._words.say("limit_mode", mode),
        )
        rungs = [self._rung(rung, past.rungs[rung], zone, titles) for rung in Rung]
        return "\n\n".join([head, *rungs])

    def _rung(self, rung: Rung, found: Backtest, zone: tzinfo, titles: Mapping[str, str]) -> str:
        count = len(found.alarms)
        many = "none" if count == 0 else "once" if count == 1 else "many"
        listed = [self._alarm(alarm, zone, titles) for alarm in found.alarms[-MOST_LISTED:]]
        if count > MOST_LISTED:
            listed.insert(0, self._say("more", count=count - MOST_LISTED))
        said = self._say(f"{rung}_{many}", count=count, list="; ".join(listed))
        return f"{said} {self._noticed(found)}"

    def _noticed(self, found: Backtest) -> str:
        median, worst = found.delay(0.5), found.delay(0.95)
        if isinf(median) or isinf(worst):
            return self._say("not_noticed")
        return self._say(
            "noticed", median=f"{median / _HOUR_S:.1f}", worst=f"{worst / _HOUR_S:.1f}"
        )

    def _alarm(self, alarm: Alarm, zone: tzinfo, titles: Mapping[str, str]) -> str:
        at = dt_util.as_local(found) if (found := moment(alarm.at, zone)) else None
        return self._say(
            "alarm",
            month=self._say("months").split("|")[at.month - 1] if at else "",
            day=at.day if at else "",
            time=f"{at:%H:%M}" if at else "",
            why=self._words.say(_WHY, alarm.why),
            source=titles.get(alarm.after, self._say("household")),
        )

    def _say(self, key: str, **given: object) -> str:
        return self._words.say(_GROUP, key, **given)
