"""What every part of the options is checked with. Called by the options' door."""

from pathlib import Path

from .reach.webhook import BadSecretError, secret_bytes


class OptionsError(Exception):
    """The options cannot be used; says which one and why."""


def check_secret(name: str, secret: str) -> None:
    try:
        secret_bytes(secret)
    except BadSecretError as error:
        raise OptionsError(
            f"The option {name} is wrong: whsec_ and at least 24 bytes in base64."
        ) from error


def check_file(name: str, path: str) -> None:
    if path and not Path(path).is_file():
        raise OptionsError(f"The option {name} is wrong: there is no file {path}.")
