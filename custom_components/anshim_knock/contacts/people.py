"""Contacts as the technician entered them, read from the household's subentries."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_CONSENT,
    CONF_FROM,
    CONF_ITEMS,
    CONF_KIND,
    CONF_LANGUAGE,
    CONF_NOTIFY,
    CONF_ORDER,
    CONF_PHONE,
    CONF_TO,
    CONF_WHO,
    CONSENT_CONTACTS,
    SUBENTRY_CONTACT,
)
from ..logic.calling import Contact


class Kind(StrEnum):
    """What somebody is to the resident."""

    GUARDIAN = "guardian"
    NEIGHBOUR = "neighbour"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One contact. `who`: what they call the resident."""

    contact: Contact
    name: str
    kind: Kind
    notify: tuple[str, ...]
    phone: str | None
    language: str
    who: str

    @property
    def id(self) -> str:
        """The subentry's."""
        return self.contact.id


def may_be_told(entry: ConfigEntry) -> bool:
    """The resident's consent."""
    return CONSENT_CONTACTS in entry.data[CONF_CONSENT][CONF_ITEMS]


def people_of(entry: ConfigEntry) -> dict[str, Person]:
    """All contacts; none without the resident's consent to have them told."""
    if not may_be_told(entry):
        return {}
    return {
        key: person_of(key, subentry.data)
        for key, subentry in entry.subentries.items()
        if subentry.subentry_type == SUBENTRY_CONTACT
    }


def person_of(contact_id: str, data: Mapping[str, Any]) -> Person:
    """From what the technician entered."""
    return Person(
        contact=Contact(
            id=contact_id,
            order=int(data[CONF_ORDER]),
            begins=dt_util.parse_time(data.get(CONF_FROM, "")),
            ends=dt_util.parse_time(data.get(CONF_TO, "")),
        ),
        name=data[CONF_NAME],
        kind=Kind(data[CONF_KIND]),
        notify=tuple(data.get(CONF_NOTIFY, ())),
        phone=data.get(CONF_PHONE),
        language=data[CONF_LANGUAGE],
        who=data[CONF_WHO],
    )
