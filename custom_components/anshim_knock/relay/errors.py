"""What can go wrong with a relay, by what to do next: again later, never again, or ask a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus


class RelayError(Exception):
    """Any trouble with the relay."""


class RelayUnreachableError(RelayError):
    """Again later. `answered`: somebody is there, only not for this request."""

    def __init__(
        self, message: str, *, retry_after: float | None = None, answered: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.answered = answered


class NotARelayError(RelayUnreachableError):
    """Something else answers there. Again later; while setting up, ask for another address."""

    def __init__(self, message: str) -> None:
        super().__init__(message, answered=True)


class WrongContractError(NotARelayError):
    """A relay of another major version."""


class RelayUnauthorisedError(RelayError):
    """Ask a person for the token."""


class RelayFullError(RelayError):
    """The relay's disk is full: keep the message, tell a person, again later."""


class RelayConflictError(RelayError):
    """The id is known with other content: raise the version above this one and send as new."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the relay knows version {version}")
        self.version = version


class RelayForeignError(RelayError):
    """The relay serves another household: ask a person, again later."""


class RelayRefusedError(RelayError):
    """Never again as it is: ask a person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An RFC 9457 body, as far as it could be read."""

    code: str
    detail: str
    version: int | None


def error_of(status: int, problem: Problem, retry_after: float | None) -> RelayError:
    """The class that says what to do about an answer."""
    text = f"{status} {problem.code}: {problem.detail}"
    if status == HTTPStatus.CONFLICT and problem.version is not None:
        return RelayConflictError(problem.version)
    if status in _NEVER_AGAIN:
        return RelayRefusedError(problem.code, problem.detail)
    if (known := _KNOWN.get(status)) is not None:
        return known(text)
    return RelayUnreachableError(text, retry_after=retry_after, answered=True)


_NEVER_AGAIN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    }
)
_KNOWN: Mapping[int, Callable[[str], RelayError]] = {
    HTTPStatus.UNAUTHORIZED: RelayUnauthorisedError,
    HTTPStatus.FORBIDDEN: RelayForeignError,
    HTTPStatus.NOT_FOUND: NotARelayError,
    HTTPStatus.METHOD_NOT_ALLOWED: NotARelayError,
    HTTPStatus.INSUFFICIENT_STORAGE: RelayFullError,
}
