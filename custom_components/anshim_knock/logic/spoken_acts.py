"""Acts on what people say of an alert: an OK, a guardian on the way, a call that is taken back.

`acts` lists them; each works on the turn that `decide` is taking.
"""

from dataclasses import replace
from datetime import timedelta

from .household import CallReport, Word
from .inputs import CallEnded, Coming, Ok, Person, TakeBack
from .messages import quoted
from .turn import Turn
from .words import Caller

# Who says what came of a call: the machine that made it.
_CALL = "call"
# A nervous thumb says the same thing many times.
_SAME_WORD = timedelta(minutes=5)


def quote(turn: Turn) -> None:
    """Onto the case, with who said it; whoever reads the case weighs it."""
    word, before = _word(turn), turn.state.word
    turn.state = replace(turn.state, word=word)
    if _is_news(turn, word, before):
        turn.say(quoted(turn.state, turn.settings, word))


def expect(turn: Turn) -> None:
    turn.state = replace(turn.state, guardian_comes=turn.now)


def remember(turn: Turn) -> None:
    turn.state = replace(turn.state, word=_word(turn))


def keep_call(turn: Turn) -> None:
    """The district knows of its own calls. Of ours it reads on the case, if there is one."""
    if not isinstance(given := turn.given, CallEnded):
        return
    before = turn.state.call
    turn.state = replace(turn.state, call=CallReport(result=given.result, by=given.by, at=turn.now))
    word = Word(says=given.result, by=_CALL, at=turn.now)
    ours = before is not None and before.by is Caller.HOME
    said = Word(says=before.result, by=_CALL, at=before.at) if before and ours else None
    if given.by is Caller.HOME and turn.state.episodes and _is_news(turn, word, said):
        turn.say(quoted(turn.state, turn.settings, word))


def let_take_back(turn: Turn) -> None:
    turn.state = replace(turn.state, take_back_until=turn.now + turn.settings.take_back)


def _word(turn: Turn) -> Word:
    match turn.given:
        case Coming():
            return Word(says="coming", by=Person.GUARDIAN, at=turn.now)
        case TakeBack():
            return Word(says="taken_back", by=Person.RESIDENT, at=turn.now)
        case Ok(person=person):
            return Word(says="ok", by=person, at=turn.now)
        case other:
            raise TypeError(f"nobody says anything in {other}")


def _is_news(turn: Turn, word: Word, before: Word | None) -> bool:
    """Not the same again within minutes, unless the case has gone on in between."""
    if before is None or (before.says, before.by) != (word.says, word.by):
        return True
    return word.at - before.at >= _SAME_WORD or before.at < turn.state.since
