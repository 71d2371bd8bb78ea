"""Brings a database to the newest schema, one numbered migration after the other.

Called when a database is opened.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from . import duty_tables, registry_tables, tables

# every module of tables adds its own to the same whole
(metadata,) = {module.metadata for module in (tables, registry_tables, duty_tables)}
FOLDER: Final = Path(__file__).parent / "migrations"
# a test compares it with the newest migration there is
NEWEST: Final = "0007"


def migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        if _version(connection) != NEWEST:
            upgrade(connection, NEWEST)


def upgrade(connection: Connection, revision: str) -> None:
    # Alembic is needed once for each release; every other start is half a second quicker without
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version
