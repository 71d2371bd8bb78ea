"""What every part of the options is checked with. Called by the options' door."""

from pathlib import Path
import ssl

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


def check_authority(name: str, path: str) -> None:
    check_file(name, path)
    try:
        if path:
            ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:
        raise OptionsError(f"The option {name} is wrong: {path} holds no certificate.") from error
