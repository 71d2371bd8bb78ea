"""Listening to a recording: whether it is speech, and whether it is a certain sound."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
import wave

import numpy as np
from numpy.typing import NDArray

type Samples = NDArray[np.float64]

_RATE: Final = 8000
# where a voice has most of its strength, within what a telephone carries
_VOICE: Final = (150.0, 3400.0)
_FRAME: Final = _RATE // 50
_LOUD: Final = 300.0


@dataclass(frozen=True, kw_only=True)
class Listened:
    seconds: float
    # of the strength, within the band of voices
    in_band: float
    # of the time, somebody speaks; a tone never pauses
    speaking: float


def samples_of(path: Path) -> Samples:
    with wave.open(str(path), "rb") as file:
        assert file.getframerate() == _RATE
        raw = file.readframes(file.getnframes())
        whole: NDArray[Any] = np.frombuffer(raw, dtype="<i2").astype(np.float64)
    return whole[:: file.getnchannels()]


def listen(sound: Samples) -> Listened:
    strength = np.abs(np.fft.rfft(sound)) ** 2
    pitch = np.fft.rfftfreq(len(sound), 1 / _RATE)
    within = strength[(pitch >= _VOICE[0]) & (pitch <= _VOICE[1])].sum()
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = np.sqrt((frames**2).mean(axis=1)) > _LOUD
    return Listened(
        seconds=len(sound) / _RATE,
        in_band=float(within / strength.sum()),
        speaking=float(loud.mean()),
    )


def likeness(heard: Samples, sent: Samples) -> tuple[float, float]:
    """How alike at the best shift, from 0 to 1; and that shift in seconds."""
    size = len(heard) + len(sent)
    product = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size))
    shifted = np.fft.irfft(product, size)
    best = int(np.argmax(shifted))
    shift = best if best < len(heard) else best - size
    return float(shifted[best] / (np.linalg.norm(heard) * np.linalg.norm(sent))), shift / _RATE


def write_recording(path: Path, sound: Samples, *, rate: int) -> None:
    """As a studio hands it over: another rate, and two channels."""
    places = np.arange(int(len(sound) * rate / _RATE)) * _RATE / rate
    other = np.interp(places, np.arange(len(sound)), sound)
    both = np.repeat(other[:, None], 2, axis=1).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(both.tobytes())
