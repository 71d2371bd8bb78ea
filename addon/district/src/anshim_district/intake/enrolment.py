"""A one-time code and a new key → a kit that speaks for a household (contract §6).

Called by the API inside a write.
"""

from dataclasses import dataclass
from datetime import datetime
import secrets
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import Connection, insert, select, update

from .. import jws
from ..codes import code_hash, normalised
from ..downlink import Post
from ..keys import thumbprint
from ..messages import ContractVersion, Instance
from ..problems import Problem
from ..pulse import first_due
from ..registry.inventory import kit_enrolled
from ..revoked import is_revoked
from ..storage.database import After
from ..storage.erasure_tables import erased_kits
from ..storage.tables import enrolment_codes, households, kits, pulses

_TYP = "anshim-enrol+jws"


class EnrolmentBody(msgspec.Struct, frozen=True, kw_only=True):
    code: Annotated[str, Meta(min_length=20, max_length=64)]
    instance: Instance
    contract: ContractVersion
    proof: Annotated[str, Meta(max_length=32768)]


class _Proof(msgspec.Struct, frozen=True, kw_only=True):
    code_sha256: str
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who has a key and claims to have a code."""

    code_hash: str
    instance: str
    kid: str
    x: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    kit: str
    household: str
    kid: str


def candidate(body: EnrolmentBody) -> Candidate:
    normal = normalised(body.code)
    if normal is None:
        raise Problem.code_unknown()
    mark = code_hash(normal)
    try:
        parts = jws.take_apart(body.proof)
        jwk = parts.jwk or jws.PublicJwk(kty="")
        payload = jws.verify(parts, jws.public_key(jwk), _TYP)
        proof = msgspec.json.decode(payload, type=_Proof)
    except (jws.NotAJwsError, jws.UntrustedError, msgspec.DecodeError) as error:
        raise Problem.schema(
            "/proof", "format", "The proof is not signed by its own key."
        ) from error
    if proof.code_sha256 != mark:
        raise Problem.schema("/proof", "value", "The proof is about another code.")
    if proof.instance != body.instance:
        raise Problem.schema("/instance", "value", "The proof is about another installation.")
    return Candidate(code_hash=mark, instance=body.instance, kid=thumbprint(jwk), x=jwk.x)


def enrol(
    connection: Connection,
    after: After,
    who: Candidate,
    *,
    post: Post,
    pace_s: int,
    now: datetime,
) -> Enrolled:
    row = connection.execute(
        select(enrolment_codes).where(enrolment_codes.c.hash == who.code_hash)
    ).first()
    if row is None:
        raise Problem.code_unknown()
    if row.kit is not None:
        return _same_again(connection, row.kit, who)
    if row.expires <= now:
        raise Problem.of("code-expired", 410, "The code is older than 72 hours. Ask for a new one.")
    if _is_known(connection, who.kid):
        raise Problem.of("code-spent", 410, "This key is a kit already. Make a new key first.")
    kit = "k-" + secrets.token_hex(8)
    open_kit(connection, kit, row.household, who, pace_s=pace_s, now=now)
    connection.execute(
        update(enrolment_codes).where(enrolment_codes.c.hash == who.code_hash).values(kit=kit)
    )
    post.hand_over(connection, after, row.household, kit, now)
    after.board = True
    after.wake_at(first_due(now))
    return Enrolled(kit=kit, household=row.household, kid=who.kid)


def _is_known(connection: Connection, kid: str) -> bool:
    """Also of a kit whose home was erased: what it still holds is of somebody else."""
    same = (select(table.c.kid).where(table.c.kid == kid) for table in (kits, erased_kits))
    return any(connection.scalar(query) for query in same)


def _same_again(connection: Connection, kit: str, who: Candidate) -> Enrolled:
    row = connection.execute(select(kits).where(kits.c.id == kit)).one()
    if row.kid != who.kid or is_revoked(connection, kit):
        raise Problem.of("code-spent", 410, "The code was used by another kit. Ask for a new one.")
    return Enrolled(kit=kit, household=row.household, kid=row.kid)


def open_kit(
    connection: Connection,
    kit: str,
    household: str,
    who: Candidate,
    *,
    pace_s: int,
    now: datetime,
) -> None:
    """From now on this kit speaks for the household.

    The one before is missed until the home has spoken through the new one: between the two a home
    that dies must not go unnoticed. A kit that no home ever spoke through is missed no longer.
    """
    connection.execute(
        insert(kits).values(
            id=kit,
            household=household,
            kid=who.kid,
            x=who.x,
            instance=who.instance,
            enrolled=now,
        )
    )
    connection.execute(
        update(pulses)
        .where(pulses.c.household == household, pulses.c.condition.is_(None))
        .values(due=None, claimed=None, silent=False, outage=None)
    )
    connection.execute(
        insert(pulses).values(
            kit=kit,
            household=household,
            heard=now,
            home_heard=now,
            due=first_due(now),
            interval_s=pace_s,
        )
    )
    connection.execute(update(households).where(households.c.id == household).values(kit=kit))
    kit_enrolled(connection, kit, household, label=kit, now=now)
