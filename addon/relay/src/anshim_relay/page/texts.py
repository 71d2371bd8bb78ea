"""The page's texts, Korean and English, by key; codes that nobody has a word for as they are."""

from collections.abc import Mapping
import functools
from importlib.resources import files

import orjson

LANGUAGES = ("ko", "en")
EXACT_MS = 10
JUST_NOW_S, MINUTE, HOUR, DAY = 10, 60, 3600, 86400


@functools.cache
def of(language: str) -> Mapping[str, str]:
    raw = files("anshim_relay").joinpath("page", "texts", f"{language}.json").read_bytes()
    found: dict[str, str] = orjson.loads(raw)
    return found


def text(language: str, key: str, /, **values: object) -> str:
    return of(language)[key].format(**values)


def word(language: str, group: str, code: str) -> str:
    """A code for people; `https_2` is the second of `https`."""
    known, (first, _, number) = of(language), code.partition("_")
    both = f"{known[f'{group}.{first}']} {number}" if f"{group}.{first}" in known else code
    return known.get(f"{group}.{code}", both)


def reason(language: str, code: str) -> str:
    """Why something is not connected. Several ways have several reasons, said once each.

    What nobody has a word for is looked up by what it begins with: `http-502` under `http`.
    """
    known = of(language)
    said = []
    for part in dict.fromkeys(code.split(", ")):
        keys = (f"reason.{part}", f"reason.{part.partition('-')[0]}")
        said.append(next((known[key] for key in keys if key in known), part))
    return " · ".join(dict.fromkeys(said))


def span(language: str, seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return counted(language, "seconds", whole)
    if whole < HOUR:
        return counted(language, "minutes", whole // MINUTE)
    if whole < 2 * DAY:
        return counted(language, "hours", whole // HOUR)
    return counted(language, "days", whole // DAY)


def took(language: str, seconds: float) -> str:
    """As exact as somebody cares: 0.8 ms, 12 ms, 3.4 s."""
    if seconds >= 1:
        return text(language, "took.s", n=f"{seconds:.1f}")
    thousandths = 1000 * seconds
    digits = 1 if thousandths < EXACT_MS else 0
    return text(language, "took.ms", n=f"{thousandths:.{digits}f}")


def ago(language: str, seconds: float) -> str:
    if seconds < JUST_NOW_S:
        return text(language, "ago.now")
    return text(language, "ago", span=span(language, seconds))


def lasting(language: str, key: str, seconds: float) -> str:
    """How long something has been so. What has only begun has no "0 seconds"."""
    if seconds < JUST_NOW_S:
        return text(language, f"{key}.now")
    return text(language, key, span=span(language, seconds))


def counted(language: str, unit: str, n: int) -> str:
    return text(language, f"span.{unit}.one" if n == 1 else f"span.{unit}", n=n)


def wanted(chosen: str | None, accepted: str) -> str:
    """What was chosen here, else what the browser prefers, else Korean."""
    if chosen in LANGUAGES:
        return chosen
    for part in sorted(accepted.split(","), key=weight, reverse=True):
        language = part.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
