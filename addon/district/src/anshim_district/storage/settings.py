"""Single facts that the database keeps about itself, by name."""

from sqlalchemy import Connection, delete, select

from .registry_tables import settings
from .upsert import upsert


def kept(connection: Connection, name: str) -> str | None:
    value: str | None = connection.scalar(select(settings.c.value).where(settings.c.name == name))
    return value


def keep(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        upsert(connection, settings)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def drop(connection: Connection, name: str) -> None:
    connection.execute(delete(settings).where(settings.c.name == name))
