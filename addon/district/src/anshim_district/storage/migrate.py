"""Brings a database to the newest schema, one numbered migration after the other.

Called when it is opened.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

FOLDER: Final = Path(__file__).parent / "migrations"


def migrate(engine: Engine, revision: str = "head") -> None:
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
