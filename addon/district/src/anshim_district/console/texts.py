"""Texts for people, Korean and English, by key.

Unknown codes of the contract are shown as they are (contract §10).
"""

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

import msgspec

LANGUAGES: Final = ("ko", "en")
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def _load(language: str) -> dict[str, str]:
    raw = files("anshim_district").joinpath("texts", f"{language}.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])


_TEXTS: Final = {language: _load(language) for language in LANGUAGES}


def text(language: str, key: str, /, **values: object) -> str:
    return _TEXTS[language][key].format(**values)


def word(language: str, group: str, code: object) -> str:
    """A stored or sent code for people."""
    plain = str(code)
    return _TEXTS[language].get(f"{group}.{plain}", plain)


def span(language: str, length: timedelta) -> str:
    seconds = int(abs(length).total_seconds())
    if seconds < _MINUTE:
        return text(language, "time.seconds", n=seconds)
    if seconds < _HOUR:
        return text(language, "time.minutes", n=seconds // _MINUTE)
    if seconds >= 2 * _DAY:
        return text(language, "time.days", n=seconds // _DAY)
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    if minutes:
        return text(language, "time.hours_minutes", h=hours, m=minutes)
    return text(language, "time.hours", n=hours)


def ago(language: str, moment: datetime, now: datetime) -> str:
    if now - moment < timedelta(seconds=10):
        return text(language, "time.now")
    return text(language, "time.ago", span=span(language, now - moment))


def left(language: str, moment: datetime, now: datetime) -> str:
    if moment <= now:
        return text(language, "time.overdue")
    return text(language, "time.left", span=span(language, moment - now))


def language_wanted(cookie: str | None, accepted: str, default: str) -> str:
    """What was chosen, else what the browser prefers, else the district's own."""
    if cookie in LANGUAGES:
        return cookie
    for part in sorted(accepted.split(","), key=_weight, reverse=True):
        language = part.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return default


def _weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
