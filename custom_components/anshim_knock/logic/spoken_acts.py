"""Acts on what people say of an alert: an OK, a guardian on the way, a call that is taken back.

`acts` lists them; each works on the turn that `decide` is taking.
"""

from dataclasses import replace
from datetime import timedelta

from .household import Word
from .inputs import Coming, Ok, Person, TakeBack
from .messages import quoted
from .turn import Turn

# A nervous thumb says the same thing many times.
_SAME_WORD = timedelta(minutes=5)


def quote(turn: Turn) -> None:
    """Onto the case, with who said it; whoever reads the case weighs it."""
    word, before = _word(turn), turn.state.word
    turn.state = replace(turn.state, word=word)
    if not _repeats(word, before) or (before and before.at < turn.state.since):
        turn.say(quoted(turn.state, turn.settings, word))


def remember(turn: Turn) -> None:
    turn.state = replace(turn.state, word=_word(turn))


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


def _repeats(word: Word, before: Word | None) -> bool:
    same = before is not None and (before.says, before.by) == (word.says, word.by)
    return same and before is not None and word.at - before.at < _SAME_WORD
