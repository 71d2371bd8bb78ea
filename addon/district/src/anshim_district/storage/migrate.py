"""Brings a database to the newest schema, one numbered migration after the other.

Called when a database is opened.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, make_url, text

from . import duty_tables, erasure_tables, registry_tables, tables
from .engines import is_postgresql, reading_engine

# every module of tables adds its own to the same whole
(metadata,) = {module.metadata for module in (tables, registry_tables, duty_tables, erasure_tables)}
FOLDER: Final = Path(__file__).parent / "migrations"
# a test compares it with the newest migration there is
NEWEST: Final = "0015"


class NewerDatabaseError(Exception):
    """A newer program has changed its tables; this one would not understand them."""


def migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        version = _version(connection)
        if version is not None and version > NEWEST:
            raise NewerDatabaseError(
                f"The database is of a newer version ({version}; this program knows {NEWEST}). "
                "Start the newer program, or restore a backup from before."
            )
        if version != NEWEST:
            upgrade(connection, NEWEST)


def upgrade(connection: Connection, revision: str) -> None:
    # Alembic is needed once for each release; every other start is half a second quicker without
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_begun(where: str) -> bool:
    """Whether there is a database: then kits may trust the keys that it was begun with."""
    if not is_postgresql(where):
        return Path(make_url(where).database or "").exists()
    engine = reading_engine(where)
    try:
        with engine.connect() as connection:
            return _version(connection) is not None
    finally:
        engine.dispose()


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
