"""Refusals as RFC 9457 problems. The doors raise them, the local server sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    MALFORMED = "malformed"
    SCHEMA = "schema"
    UNAUTHORISED = "unauthorised"
    FOREIGN_SUBJECT = "foreign-subject"
    ID_CONFLICT = "id-conflict"
    NOT_FOUND = "not-found"
    METHOD = "method-not-allowed"
    TOO_LARGE = "too-large"
    MEDIA_TYPE = "media-type"
    UNAVAILABLE = "unavailable"
    STORAGE_FULL = "storage-full"


class Reason(StrEnum):
    MISSING = "missing"
    TYPE = "type"
    VALUE = "value"
    FORMAT = "format"
    RANGE = "range"
    SIZE = "size"


@dataclass(frozen=True, kw_only=True)
class Flaw:
    field: str
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Row:
    status: int
    title: str
    detail: str


TABLE = {
    Code.MALFORMED: Row(
        status=400,
        title="Not readable",
        detail="Send one JSON object, or an array of at most 50, as UTF-8. Do not repeat this one.",
    ),
    Code.SCHEMA: Row(
        status=400,
        title="Not an event of this contract",
        detail="Mend the fields named in errors. Do not repeat it unchanged.",
    ),
    Code.UNAUTHORISED: Row(
        status=401,
        title="Wrong or missing token",
        detail="Send the relay's intake token as a bearer token.",
    ),
    Code.FOREIGN_SUBJECT: Row(
        status=403,
        title="Another household",
        detail="This relay serves another household. Use the relay that this household enrolled.",
    ),
    Code.NOT_FOUND: Row(status=404, title="No such page", detail="Use the paths of the contract."),
    Code.METHOD: Row(
        status=405, title="Not this way", detail="Use the method that the Allow header names."
    ),
    Code.ID_CONFLICT: Row(
        status=409,
        title="The id is taken by other content",
        detail="Raise the household's version above householdversion and send it under a new id.",
    ),
    Code.TOO_LARGE: Row(
        status=413, title="Too large", detail="Split it: 16 KiB an event, 50 events a request."
    ),
    Code.MEDIA_TYPE: Row(
        status=415,
        title="Unknown media type",
        detail="Use application/cloudevents+json or application/cloudevents-batch+json.",
    ),
    Code.UNAVAILABLE: Row(
        status=503, title="Not now", detail="Keep it and send it again after Retry-After."
    ),
    Code.STORAGE_FULL: Row(
        status=507,
        title="The relay's disk is full",
        detail="Keep it, tell a person, and send it again later.",
    ),
}


class Refused(Exception):  # noqa: N818 - it is an answer to a sender, not an error of ours
    """The sender is told, by name, why not and what to do."""

    def __init__(
        self, code: Code, flaws: Sequence[Flaw] = (), *, householdversion: int | None = None
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.flaws = tuple(flaws)
        self.householdversion = householdversion

    @property
    def status(self) -> int:
        return TABLE[self.code].status

    def document(self) -> dict[str, Any]:
        row = TABLE[self.code]
        document: dict[str, Any] = {
            "type": f"urn:anshim:problem:{self.code}",
            "title": row.title,
            "status": row.status,
            "detail": row.detail,
        }
        if self.flaws:
            document["errors"] = [{"field": f.field, "reason": f.reason} for f in self.flaws]
        if self.householdversion is not None:
            document["householdversion"] = self.householdversion
        return document
