"""The intake token: a person's own from the options, or one made at the first start.

Asked for by the program when it starts. Unlike the key it is in backups: Home Assistant's own hold
it as well, so a thief of one has it anyway, and a restored home must reach its relay by itself.
"""

from pathlib import Path
import secrets

from anshim_relay import log
from anshim_relay.identity import write_private

FILE = "intake_token"


def intake_token(option: str, data: Path) -> str:
    """The log names the file, never what is in it."""
    if option:
        return option
    path = data / FILE
    if not path.exists() or not read(data):
        write_private(path, secrets.token_urlsafe(32).encode())
        log.info("intake_token_made", file=str(path))
    return read(data)


def read(data: Path) -> str:
    return (data / FILE).read_text(encoding="ascii").strip()
