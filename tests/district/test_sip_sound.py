"""Sound for a telephone: what can be played, and what the way to 8 kHz does to it."""

from array import array
from itertools import pairwise
from math import pi, sin, sqrt
from pathlib import Path
import wave

import pytest

from anshim_district.reach.sip.prompts import Pace, Prompts
from anshim_district.reach.sip.sound import (
    RATE,
    SoundError,
    read_wav,
    silence,
    to_telephone,
    write_wav,
)


def tone(pitch: float, rate: int, seconds: float = 0.5) -> array[int]:
    return array(
        "h", (round(9000 * sin(2 * pi * pitch * n / rate)) for n in range(int(seconds * rate)))
    )


def strength(sound: array[int]) -> float:
    middle = sound[len(sound) // 4 : -len(sound) // 4]
    return sqrt(sum(value * value for value in middle) / len(middle))


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_a_voice_keeps_its_pitch_and_strength_at_every_rate(rate: int) -> None:
    heard = to_telephone(tone(700, rate), rate)
    assert len(heard) == pytest.approx(RATE / 2, abs=2)
    assert strength(heard) == pytest.approx(9000 / 2**0.5, rel=0.02)
    crossings = sum((a < 0) != (b < 0) for a, b in pairwise(heard))
    assert crossings == pytest.approx(700, abs=3)


@pytest.mark.parametrize("rate", [22050, 44100])
def test_what_a_telephone_cannot_carry_is_not_folded_into_the_voice(rate: int) -> None:
    assert strength(to_telephone(tone(6000, rate), rate)) < 90


def test_a_recording_of_eight_bits_or_none_at_all_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "old.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(100))
    with pytest.raises(SoundError, match=r"old\.wav must be a WAV file of 16 bits"):
        read_wav(path)
    path.write_text("no sound")
    with pytest.raises(SoundError, match=r"old\.wav is no WAV file"):
        read_wav(path)


def test_without_a_voice_the_lack_of_one_is_said(tmp_path: Path) -> None:
    prompts = Prompts(folder=tmp_path, language="ko", program="no-such-voice")
    with pytest.raises(SoundError, match="espeak-ng said nothing"):
        prompts.question("안녕하세요", "1")


def test_the_question_is_said_three_times_with_time_to_press(tmp_path: Path) -> None:
    write_wav(tmp_path / "own.wav", [tone(500, RATE, 2.0)])
    prompts = Prompts.of(tmp_path, "ko", str(tmp_path / "own.wav"))
    whole = read_wav(prompts.question("", "12"))
    assert len(whole) / RATE == Pace().before_s + 3 * (2.0 + Pace().pause_s)
    assert len(silence(1.5)) == 12000
