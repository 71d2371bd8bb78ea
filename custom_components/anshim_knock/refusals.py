"""Turns a refused decision into an error that says what to do, in the caller's language."""

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .logic.decide import Decision


def accepted(decision: Decision) -> Decision:
    """The decision, unless the household refused. Raises `ServiceValidationError`."""
    if decision.refused:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=f"refused_{decision.why}"
        )
    return decision
