"""A voice for loudspeakers: espeak-ng, where somebody has installed it on this machine."""

import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from app.kernel.refusals import Refusal

PROGRAM = "espeak-ng"
VOICES = {"vi": "vi", "en": "en-gb"}
WORDS_A_MINUTE = 145
LONGEST_SECONDS = 20
LARGEST_BYTES = 32 * 2**20
LONGEST_TEXT = 12_000
# A gap that a listener in a workshop needs between sentences, in units of 10 ms.
GAP = 6
_one_at_a_time = threading.Lock()


class NoVoice(Refusal):
    """No program that speaks is installed on this machine."""

    code = "notices.no_voice"
    status = 404


class VoiceBusy(Refusal):
    """Somebody else's sound is being made."""

    code = "notices.voice_busy"
    status = 503


class VoiceFailed(Refusal):
    """The program that speaks made no sound of this text."""

    code = "notices.voice_failed"
    status = 503


def has_voice() -> bool:
    """Whether a program that speaks is installed."""
    return shutil.which(PROGRAM) is not None


def speak(lines: tuple[str, ...], language: str) -> bytes:
    """A WAV file of these sentences; made by a child process that is ended when it takes long."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoVoice
    if not _one_at_a_time.acquire(timeout=LONGEST_SECONDS):
        raise VoiceBusy
    try:
        return _spoken(program, "\n\n".join(lines)[:LONGEST_TEXT], VOICES.get(language, "vi"))
    finally:
        _one_at_a_time.release()


def _spoken(program: str, text: str, voice: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="anca-voice-") as folder:
        made = Path(folder) / "said.wav"
        order = [program, "-v", voice, "-s", str(WORDS_A_MINUTE), "-g", str(GAP), "-b", "1"]
        try:
            # The text goes in by the pipe: it may be longer than a command line.
            subprocess.run(  # noqa: S603 - a found program, no shell, no user text in the order
                [*order, "-w", str(made), "--stdin"],
                input=text.encode(),
                capture_output=True,
                timeout=LONGEST_SECONDS,
                check=True,
            )
            if made.stat().st_size > LARGEST_BYTES:
                raise VoiceFailed
            sound = made.read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise VoiceFailed from None
    if not sound.startswith(b"RIFF"):
        raise VoiceFailed
    return sound
