"""Turns a refused decision into an error that says what to do, in the caller's language."""

from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN
from .logic.decide import Decision
from .logic.rungs import Why

_SAID = frozenset({Why.ALERT_OPEN, Why.NO_CONSENT, Why.NO_END})


def accepted(decision: Decision) -> Decision:
    """The decision, unless the household refused. Raises `ServiceValidationError`."""
    if decision.refused:
        # What fell due in the same moment may have had the last word: then an alert is open.
        why = decision.why if decision.why in _SAID else Why.ALERT_OPEN
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=f"refused_{why}")
    return decision
