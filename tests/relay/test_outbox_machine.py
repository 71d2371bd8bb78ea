"""The outbox against a model of it: whatever happens, it owes what the model owes."""

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from datetime import UTC, datetime
import json
from pathlib import Path
import shutil
import sqlite3
import tempfile
from typing import Any, override

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from anshim_relay.clock import Reading
from anshim_relay.envelope import Priority, events_from
from anshim_relay.jws import payload_of
from anshim_relay.outbox.epochs import Witness
from anshim_relay.outbox.keeping import Moment, Status
from anshim_relay.outbox.opening import open_outbox
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.outbox.room import MIB
from anshim_relay.problems import Refused
from anshim_relay.seal import Seal
from tests.relay.support.events import event

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MOMENT = Moment(reading=Reading(wall=NOW, steady=1000.0, boot="b"), now=NOW)
SEAL = Seal(kit="k-machine01", key=Ed25519PrivateKey.generate())
VERSIONS = st.integers(1, 12)
SIGNED = "SELECT row, seq, jws, digest FROM event WHERE jws IS NOT NULL"
LOTS = ([Priority.EMERGENCY], [Priority.ALERT, Priority.TROUBLE, Priority.ROUTINE])
KINDS = st.sampled_from(["quiet", "emergency", "trouble", "drill"])


class OutboxMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.starts = 0
        self.content: dict[str, Any] = {}
        self.owed: dict[str, Priority] = {}
        self.signing = False
        self.outbox: Outbox | None = None

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @property
    def open(self) -> Outbox:
        assert self.outbox is not None
        return self.outbox

    @initialize()
    def begin(self) -> None:
        self.outbox, found = open_outbox(
            self.folder,
            limit=64 * MIB,
            destinations=["district"],
            witness=Witness(instance="i", starts=self.starts),
            seal=SEAL,
            now=NOW,
            on_broken=lambda: None,
        )
        assert not found.damaged
        assert not found.stranger
        self.starts += 1
        if self.signing:
            self.run(self.open.adopt(SEAL))

    @rule(version=VERSIONS, kind=KINDS, said=st.sampled_from(["first", "again"]))
    def keep(self, version: int, kind: str, said: str) -> None:
        document = event(version, kind, time="2026-11-22T00:00:00Z", data={"said": said})
        [message] = events_from(json.dumps(document).encode(), batch=False)
        known = self.content.get(message.id)
        try:
            [status] = self.run(self.open.keep([message], MOMENT))
        except Refused:
            assert known not in (None, said)
        else:
            assert status is (Status.REPEAT if known == said else Status.KEPT)
            if known is None:
                self.content[message.id] = said
                self.owed[message.id] = message.priority

    @rule(first=VERSIONS, kinds=st.lists(KINDS, min_size=2, max_size=6))
    def keep_at_once(self, first: int, kinds: list[str]) -> None:
        """Each knows only what it will most likely get: a number that a repeat or help shifts."""
        documents = [
            event(version, kind, time="2026-11-22T00:00:00Z", data={"said": "first"})
            for version, kind in enumerate(kinds, start=first)
        ]
        said = events_from(json.dumps(documents).encode(), batch=True)
        known = {one.id: self.content.get(one.id) for one in said}

        async def kept() -> list[Any]:
            asked = [self.open.keep([one], MOMENT) for one in said]
            return await asyncio.gather(*asked, return_exceptions=True)

        for one, answer in zip(said, self.run(kept()), strict=True):
            if known[one.id] == "again":
                assert isinstance(answer, Refused)
                continue
            assert answer == [Status.KEPT if known[one.id] is None else Status.REPEAT]
            if known[one.id] is None:
                self.content[one.id] = "first"
                self.owed[one.id] = one.priority

    @rule()
    def enrol(self) -> None:
        self.signing = True
        self.run(self.open.adopt(SEAL))

    @rule(count=st.integers(1, 5))
    def deliver(self, count: int) -> None:
        rows = self.run(self.open.owed(1, list(Priority), (), count))
        self.run(self.open.mark(1, {owed.row: "durable" for owed in rows}, NOW))
        for owed in rows:
            del self.owed[owed.id]

    @rule(lot=st.sampled_from(LOTS), count=st.integers(1, 5), resting=st.booleans())
    def deliver_in_a_lane(self, lot: list[Priority], count: int, *, resting: bool) -> None:
        """The first of them rests."""
        everything = self.run(self.open.owed(1, lot, (), 1000))
        aside = {everything[0].row} if resting and everything else set()
        rows = self.run(self.open.owed(1, lot, aside, count))
        assert rows == [owed for owed in everything if owed.row not in aside][:count]
        answers = {owed.row: "durable" for owed in rows}
        self.run(self.open.mark(1, answers, NOW, patient=len(rows) < count))
        for owed in rows:
            del self.owed[owed.id]

    @rule()
    def restart(self) -> None:
        self.open.close()
        self.begin()

    @invariant()
    def it_owes_what_was_kept_and_not_delivered_the_most_important_first(self) -> None:
        if self.outbox is None:
            return
        queue = self.run(self.open.queue(1, MOMENT))
        assert queue.total == len(self.owed)
        rows = self.run(self.open.owed(1, list(Priority), (), 1000))
        assert {owed.id for owed in rows} == (set(self.owed) if self.signing else set())
        assert [o.priority.rank for o in rows] == sorted(o.priority.rank for o in rows)

    @invariant()
    def its_numbers_have_no_gap(self) -> None:
        if self.outbox is not None:
            assert self.run(self.open.highwater()).seq == len(self.content)

    @invariant()
    def what_it_hands_out_is_what_lies_in_the_file(self) -> None:
        if self.outbox is None:
            return
        with closing(sqlite3.connect(self.folder / "outbox.db")) as file:
            rows = {row: (seq, jws, digest) for row, seq, jws, digest in file.execute(SIGNED)}
        for lot in LOTS:
            for owed in self.run(self.open.owed(1, lot, (), 1000)):
                seq, token, digest = rows[owed.row]
                assert (owed.jws, owed.digest) == (token, digest)
                assert json.loads(payload_of(token))["seq"] == seq

    @override
    def teardown(self) -> None:
        if self.outbox is not None:
            self.outbox.close()
        self.runner.close()
        shutil.rmtree(self.folder)


OutboxMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
TestOutbox = OutboxMachine.TestCase
