"""What is played: the district's own recording of the question, else espeak-ng's voice.

A call's sound is said three times and ends; at its end baresip hangs up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
import hashlib
from pathlib import Path
import subprocess
from threading import Lock
from typing import Final, Self

from ..carrier import TO_ANSWER
from .sound import Sound, SoundError, read_wav, silence, write_wav

_PATIENCE_S: Final = 20
_VOICE: Final = {"ko": "ko", "en": "en"}
# slowly, for somebody of eighty
_WORDS_A_MINUTE: Final = "130"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    # until the telephone is at the ear
    before_s: float = 1.0
    times: int = 3
    # a digit is looked for on the telephone, and pressed
    pause_s: float = 4.0


@dataclass(slots=True, kw_only=True)
class Prompts:
    """`folder` is the process's own; what was made once is kept there."""

    folder: Path
    language: str
    recording: Sound | None = None
    pace: Pace = Pace()
    program: str = "espeak-ng"
    # many calls with the same words begin at once
    _one_at_a_time: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, folder: Path, language: str, recording: str) -> Self:
        sound = read_wav(Path(recording)) if recording else None
        return cls(folder=folder, language=language, recording=sound)

    def quiet(self, seconds: float) -> Path:
        """Until somebody answers: what is sent before reaches nobody."""
        return self._made(f"quiet {seconds}", lambda: [silence(seconds)])

    def question(self, words: str, digits: str) -> Path:
        """The whole sound of a call that waits for one of `digits`."""
        recorded = self.recording if digits == TO_ANSWER else None

        def parts() -> list[Sound]:
            said = recorded or self._speak(words)
            pace = self.pace
            return [silence(pace.before_s), *[said, silence(pace.pause_s)] * pace.times]

        return self._made("recording" if recorded else f"question {words}", parts)

    def thanks(self, words: str) -> Path:
        """After the digit: it was heard."""
        return self._made(
            f"thanks {words}", lambda: [silence(0.2), self._speak(words), silence(0.5)]
        )

    def _made(self, name: str, parts: Callable[[], list[Sound]]) -> Path:
        path = self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.wav"
        with self._one_at_a_time:
            if not path.exists():
                write_wav(path, parts())
        return path

    def _speak(self, words: str) -> Sound:
        path = self.folder / "voice.wav"
        voice = ["-v", _VOICE[self.language], "-s", _WORDS_A_MINUTE, "-w", str(path)]
        try:
            # the words come on its input: none of them can be taken for an option
            subprocess.run(  # noqa: S603 - our own program, no shell
                [self.program, *voice, "--stdin"],
                input=words.encode(),
                capture_output=True,
                check=True,
                timeout=_PATIENCE_S,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise SoundError(f"espeak-ng said nothing: {error}") from error
        return read_wav(path)
