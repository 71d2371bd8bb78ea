"""Proves a relay's address and token by a round trip, before the config flow trusts them."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .relay.client import RelayClient, RelayStatus
from .relay.errors import (
    NotARelayError,
    RelayError,
    RelayUnauthorisedError,
    WrongContractError,
)


class ProofError(Exception):
    """Why it failed: `key` is an error of the form."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


async def proved(
    hass: HomeAssistant, url: str, token: str, *, household: str | None = None
) -> RelayStatus:
    """What the relay says. Raises `ProofError`, also when it serves another household."""
    try:
        status = await RelayClient(async_get_clientsession(hass), url, token).status()
    except RelayUnauthorisedError as err:
        raise ProofError("invalid_auth") from err
    except WrongContractError as err:
        raise ProofError("wrong_contract") from err
    except NotARelayError as err:
        raise ProofError("not_a_relay") from err
    except RelayError as err:
        raise ProofError("cannot_connect") from err
    if household is not None and status.household not in {None, household}:
        raise ProofError("foreign_household")
    return status
