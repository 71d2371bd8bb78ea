"""What is kept: the schema and its migrations agree, and the two languages say the same things."""

from importlib.resources import files
import json
from pathlib import Path
import re
import string

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
import pytest
from sqlalchemy import Column, MetaData, Table, select

from anshim_district.clock import SystemClock
from anshim_district.storage.engines import sqlite_file, writing_engine
from anshim_district.storage.migrate import FOLDER, NEWEST, metadata, migrate, upgrade
from anshim_district.storage.tables import UtcTime
from tests.district.support.postgres import Postgres

PACKAGE = files("anshim_district")
APP = Path(__file__).parents[2] / "addon" / "district"


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def test_what_the_clock_says_is_kept_to_its_last_digit() -> None:
    """Else an errand that is due now comes back as due later, and nobody ever begins with it."""
    engine = writing_engine("sqlite://")
    moments = Table("moments", MetaData(), Column("at", UtcTime))
    moments.create(engine)
    with engine.begin() as connection:
        for _ in range(20):
            now = SystemClock().now()
            connection.execute(moments.insert().values(at=now))
            assert connection.scalar(select(moments.c.at)) == now
            connection.execute(moments.delete())


def test_the_newest_migration_is_the_one_that_is_opened() -> None:
    assert scripts().get_current_head() == NEWEST


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_file(tmp_path / "district.sqlite")
    server: Postgres = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.mark.parametrize("start", [None, *(step.revision for step in scripts().walk_revisions())])
def test_from_every_version_a_database_is_brought_to_the_tables_of_today(
    where: str, start: str | None
) -> None:
    engine = writing_engine(where)
    if start:
        with engine.begin() as connection:
            upgrade(connection, start)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        PACKAGE.joinpath("texts", f"{language}.json").read_text(encoding="utf-8")
    )
    return found


def places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


def test_both_languages_say_the_same_things() -> None:
    korean, english = texts("ko"), texts("en")
    assert korean.keys() == english.keys()
    for key in korean:
        assert places(korean[key]) == places(english[key]), key
        assert korean[key].strip()
        assert english[key].strip()


def test_the_korean_of_the_district_asks_in_one_voice() -> None:
    """With 하세요 and 해 주세요, beside 합니다: never 하십시오 or 해요 in between."""
    others = re.compile(r"십시오|[해아어에]요(?![가-힣])")
    assert {key: said for key, said in texts("ko").items() if others.search(said)} == {}
    for told in ("DOCS.ko.md", "translations/ko.yaml"):
        assert others.findall((APP / told).read_text(encoding="utf-8")) == []


def test_every_text_a_template_asks_for_is_there() -> None:
    folder = Path(str(PACKAGE.joinpath("templates")))
    asked = {
        key
        for template in folder.glob("*.html")
        for key in re.findall(r"\bt\(\"([a-z_.]+)\"[,)]", template.read_text(encoding="utf-8"))
    }
    assert len(asked) > 60
    assert asked <= texts("ko").keys()
