"""Which homes somebody sees, for queries: the rule itself is `access.sees`."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, true

from ..access import is_local
from ..accounts import Login
from ..storage.registry_tables import residents
from ..storage.tables import households


def within(query: Select[Any], household: ColumnElement[str], person: Login) -> Select[Any]:
    """Only homes that this person sees."""
    if not is_local(person.role):
        return query
    place = residents.c.dong
    query = query.outerjoin(residents, residents.c.household == household)
    return query.where(place.is_(None) | place.in_(person.dongs))


def seen_homes(connection: Connection, person: Login) -> list[str]:
    query = within(select(households.c.id), households.c.id, person)
    return list(connection.scalars(query.order_by(households.c.id)))


def is_of_seen_home(household: ColumnElement[Any], person: Login) -> ColumnElement[bool]:
    """Of what was only claimed: a home that nobody here knows is no dong's, and for who sees all.

    Unlike a home of ours that has no dong yet, which is everybody's.
    """
    if not is_local(person.role):
        return true()
    return household.in_(within(select(households.c.id), households.c.id, person))
