"""Whose fault it is that a statement failed: the disk's, or that of a row."""

import sqlite3

from sqlalchemy.exc import OperationalError

from .savepoint import LostCommitError


def is_of_the_disk(error: Exception) -> bool:
    """Then it is everybody's; one home's damaged row keeps no other from being heard.

    sqlite3 calls both operational: a full disk has a code of its own, a text that is none has not.
    """
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error, LostCommitError) or not isinstance(error.orig, sqlite3.Error):
        return True
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code != sqlite3.SQLITE_ERROR
