"""Sound as a telephone has it: 8,000 samples a second, one channel, 16 bits.

Pure but for the files. Used by `prompts`.
"""

from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from math import cos, floor, gcd, pi, sin, sumprod
from pathlib import Path
import sys
from typing import Final
import wave

RATE: Final = 8000
_RATES: Final = range(RATE, 96001)
_LOUDEST: Final = 32767
_BYTES: Final = 2
# of the filter, to either side; more is sharper and slower
_ZEROS: Final = 12
# a telephone carries no more than 3.4 kHz
_CUT: Final = 0.42

type Sound = array[int]


class SoundError(Exception):
    """Says which file cannot be played and why."""


def silence(seconds: float) -> Sound:
    return array("h", bytes(_BYTES * round(seconds * RATE)))


def read_wav(path: Path) -> Sound:
    try:
        with wave.open(str(path), "rb") as file:
            rate, channels, width = (
                file.getframerate(),
                file.getnchannels(),
                file.getsampwidth(),
            )
            raw = file.readframes(file.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        raise SoundError(f"{path} is no WAV file that can be read: {error}") from error
    if width != _BYTES or rate not in _RATES or not raw:
        raise SoundError(f"{path} must be a WAV file of 16 bits (PCM) and 8 to 96 kHz")
    samples = array("h", raw[: len(raw) // _BYTES * _BYTES])
    if sys.byteorder == "big":
        samples.byteswap()
    # one of two channels is enough for a voice
    return to_telephone(samples[::channels], rate)


def write_wav(path: Path, parts: Iterable[Sound]) -> None:
    whole = array("h")
    for part in parts:
        whole.extend(part)
    if sys.byteorder == "big":
        whole.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(_BYTES)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())


def to_telephone(samples: Sequence[int], rate: int) -> Sound:
    """Another rate becomes 8 kHz: what a telephone cannot carry is filtered, not folded back."""
    if rate == RATE:
        return array("h", samples)
    common = gcd(rate, RATE)
    up, down = RATE // common, rate // common
    half = _ZEROS * down // up
    edge = [0.0] * half
    padded = [*edge, *map(float, samples), *edge]
    out = array("h")
    for n in range(len(samples) * up // down):
        whole, phase = divmod(n * down, up)
        taps = _taps(phase, up, down, half)
        value = sumprod(taps, padded[whole + 1 : whole + 1 + 2 * half])
        out.append(max(-_LOUDEST, min(_LOUDEST, floor(value))))
    return out


@cache
def _taps(phase: int, up: int, down: int, half: int) -> tuple[float, ...]:
    """A windowed sinc, for one of the places between two samples."""
    cut = 2 * _CUT * up / down
    places = [k - phase / up for k in range(1 - half, half + 1)]
    return tuple(cut * _sinc(cut * x) * (0.5 + 0.5 * cos(pi * x / half)) for x in places)


def _sinc(x: float) -> float:
    return sin(pi * x) / (pi * x) if x else 1.0
