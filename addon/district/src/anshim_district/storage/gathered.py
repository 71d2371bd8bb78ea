"""Many rows read by one statement: they come as one value of JSON, which is taken apart here.

sqlite3 hands the interpreter over at each row, and waits until it has it back. As one value the
database works on all of them while others go on. The other direction of `piles`.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Text,
    literal_column,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .tables import UtcTime

_A_SECOND: Final[ColumnElement[float]] = literal_column("1000.0")


class Gathered[Row: Struct]:
    """A question whose columns bear the names of the fields of `shape`, an array-like struct.

    It says which table it begins with (`select_from`).

    Times become datetimes in UTC, exact for those of this century. What is binary comes as
    hexadecimal digits: one damaged record keeps no other from being read.
    """

    def __init__(self, asked: Select[Any], shape: type[Row]) -> None:
        columns = asked.selected_columns
        given = [_as_json_has_it(columns[name]) for name in shape.__struct_fields__]
        self._asked: Final = asked.with_only_columns(_Rows(*given))
        # a database without booleans has whole numbers, and times are numbers
        self._decoder: Final = msgspec.json.Decoder(list[shape], strict=False)  # type: ignore[valid-type]

    def of(self, connection: Connection, **given: object) -> list[Row]:
        """In no order."""
        return self._decoder.decode(connection.execute(self._asked, given).scalar_one())


def _as_json_has_it(column: ColumnElement[Any]) -> ColumnElement[Any]:
    match column.type:
        case UtcTime():
            return type_coerce(column, BigInteger).op("/")(_A_SECOND)
        case LargeBinary():
            return _Hex(column)
        case _:
            return column


class _Rows(FunctionElement[str]):
    """Each row an array of these, and all rows one array."""

    type = Text()
    inherit_cache = True


class _Hex(FunctionElement[str]):
    type = Text()
    inherit_cache = True


@compiles(_Rows)
def _rows(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


@compiles(_Rows, "postgresql")
def _rows_in_postgresql(element: _Rows, compiler: SQLCompiler, **options: Any) -> str:
    columns = compiler.process(element.clauses, **options)
    return f"coalesce(json_agg(json_build_array({columns})), '[]')::text"


@compiles(_Hex)
def _hex(element: _Hex, compiler: SQLCompiler, **options: Any) -> str:
    """Of nothing it would be an empty text."""
    column = compiler.process(element.clauses, **options)
    return f"iif({column} IS NULL, NULL, hex({column}))"


@compiles(_Hex, "postgresql")
def _hex_in_postgresql(element: _Hex, compiler: SQLCompiler, **options: Any) -> str:
    return f"encode({compiler.process(element.clauses, **options)}, 'hex')"
