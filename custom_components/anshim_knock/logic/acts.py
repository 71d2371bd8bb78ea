"""Which function does which act of the ladder. `decide` runs a row's acts in their order."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from . import episode_acts as episode, home_acts as home, spoken_acts as words
from .rungs import Act
from .turn import Turn

ACTS: Mapping[Act, Callable[[Turn], None]] = MappingProxyType(
    {
        Act.LIFE: episode.life,
        Act.COUNT_ANEW: episode.count_anew,
        Act.BEGIN: episode.begin,
        Act.SAY: episode.say,
        Act.SAY_AGAIN: episode.say_again,
        Act.NOTE: episode.note,
        Act.QUOTE: words.quote,
        Act.EXPECT: words.expect,
        Act.REMEMBER: words.remember,
        Act.LET_TAKE_BACK: words.let_take_back,
        Act.RESOLVE: episode.resolve,
        Act.ARM: episode.arm,
        Act.HASTEN: episode.hasten,
        Act.DEFER: episode.defer,
        Act.REARM: episode.rearm,
        Act.OWN: episode.own,
        Act.DISOWN: episode.disown,
        Act.LAPSE: episode.lapse,
        Act.KEEP_RECEIPT: episode.keep_receipt,
        Act.KEEP_CALL: words.keep_call,
        Act.STAY_AWAY: home.stay_away,
        Act.STAY_GUESTS: home.stay_guests,
        Act.STAY_HOME: home.stay_home,
        Act.BE_BACK: home.be_back,
        Act.BE_BACK_IF_MET: home.be_back_if_met,
        Act.CONFIRM_AWAY: home.confirm_away,
        Act.SEE: home.see,
        Act.LOSE_SIGHT: home.lose_sight,
        Act.TELL_BLIND: home.tell_blind,
        Act.TELL_TROUBLE: home.tell_trouble,
        Act.SHORTEN: home.shorten,
        Act.CONSENT: home.give_consent,
        Act.WITHDRAW: home.withdraw,
        Act.DRILL: home.rehearse,
        Act.TELL_WALK: home.tell_walk,
    }
)
