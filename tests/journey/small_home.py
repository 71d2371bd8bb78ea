"""A home as small as it can be: the integration's own decisions, its own store, its own words.

It speaks to a real relay by HTTP, in the integration's order: decide, save, say, save what is kept.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from custom_components.anshim_knock.clocks import clocks_of_this_boot
from custom_components.anshim_knock.logic.decide import decide, effect_done
from custom_components.anshim_knock.logic.effects import Effect, Target, untold
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import ConsentGiven, Input, OutrunVersion, Tick
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.relay.envelope import event_of
from custom_components.anshim_knock.relay.words import CaseNews, ReportNow, word_of
from custom_components.anshim_knock.store import Kept, StateFile

CONSENT = ConsentGiven(text_version="ko-1", items=("life_signs",), recorded_by="technician")
_ONE = "application/cloudevents+json"
_CONFLICT, _KEPT = 409, 202


@dataclass(kw_only=True)
class SmallHome:
    path: Path
    household: str
    token: str
    port: int = 0
    promised: set[str] = field(default_factory=set)
    heard: int = 0
    _state: Household | None = None

    @property
    def state(self) -> Household:
        assert self._state is not None
        return self._state

    @property
    def stage(self) -> str:
        return self.state.stage

    def start(self, port: int) -> None:
        """As Home Assistant starts: what is on the disk, then above what the relay has seen."""
        self.port = port
        kept = StateFile(self.path).load()
        reading = clocks_of_this_boot().read()
        self._state = new_household(self.household, reading) if kept is None else kept.household
        self.heard = 0 if kept is None else kept.heard
        known = self._ask("GET", "/v1/status").json()["highwater"]["householdversion"]
        if known > self.state.version:
            self._decide(OutrunVersion(version=known, conflict=True))
        if not self.state.consented:
            self._decide(CONSENT)
        self.say()

    def given(self, what: Input) -> None:
        self._decide(what)
        self.say()

    def say(self) -> None:
        """Until everything is kept; what the relay does not take stays."""
        while waiting := untold(self.state.outbox):
            if not self._say_one(waiting[0]):
                return

    def _say_one(self, effect: Effect) -> bool:
        answer = self._ask(
            "POST",
            "/v1/events",
            json=event_of(effect, self.household),
            headers={"Content-Type": _ONE},
        )
        if answer.status_code == _CONFLICT:
            self._decide(OutrunVersion(version=answer.json()["householdversion"], conflict=True))
            return True
        if answer.status_code != _KEPT:
            return False
        self.promised.add(effect.id_of(self.household))
        for target in Target:
            self._state = effect_done(self.state, effect, target)
        self._save()
        return True

    def listen(self) -> None:
        """What came down, acted on and saved; then what that made it say."""
        answer = self._ask("GET", "/v1/downlink", params={"after": self.heard, "wait": 0}).json()
        if answer["latest"] < self.heard:
            self.heard = 0
            return
        for message in answer["messages"]:
            self._heed(message)
        self.say()

    def _heed(self, message: dict[str, Any]) -> None:
        word = word_of(message["event"], self.household)
        self.heard = message["n"]
        self._decide(Tick() if isinstance(word, CaseNews | ReportNow) else word)

    def _decide(self, what: Input) -> None:
        reading = clocks_of_this_boot().read()
        self._state = decide(self.state, what, reading, Settings()).state
        self._save()

    def _save(self) -> None:
        StateFile(self.path).write(Kept(household=self.state, heard=self.heard))

    def _ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | sent.pop("headers", {})
        return httpx.request(
            method, f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=10, **sent
        )
