"""A home as a process: the integration's own decisions and its own store, without Home Assistant.

It is asked to knock and its resident answers, for ever, in the order of the integration: decide,
save, say so on standard output, tell the relay, save what the relay has.
"""

import argparse
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
import itertools
import json
import os
from pathlib import Path
import sys
import time

from custom_components.anshim_knock.clocks import clocks_of_this_boot
from custom_components.anshim_knock.logic.decide import decide, effect_done
from custom_components.anshim_knock.logic.effects import Effect, Target
from custom_components.anshim_knock.logic.household import Household, new_household
from custom_components.anshim_knock.logic.inputs import ConsentGiven, Input, KnockNow, Ok, Person
from custom_components.anshim_knock.logic.settings import Settings
from custom_components.anshim_knock.relay.envelope import event_of
from custom_components.anshim_knock.store import Kept, StateFile

CONSENT = ConsentGiven(text_version="ko-1", items=("life_signs",), recorded_by="technician")
STORY: tuple[Input, ...] = (KnockNow(), Ok(person=Person.RESIDENT))
KEPT = 202
PAUSE_S = 0.05


class Home:
    def __init__(
        self, file: StateFile, state: Household, relay: HTTPConnection, token: str
    ) -> None:
        self._file = file
        self._relay = relay
        self._token = token
        self.state = state

    def given(self, what: Input) -> None:
        """1. decide; 2. on the disk; 3. promised; 4. said until it is kept."""
        clocks = clocks_of_this_boot()
        self.state = decide(self.state, what, clocks.read(), Settings()).state
        self._file.write(Kept(household=self.state))
        for effect in self.state.outbox:
            promised(effect.id_of(self.state.id))
        self.tell()

    def tell(self) -> None:
        while self.state.outbox:
            effect = self.state.outbox[0]
            if not self._post(effect):
                time.sleep(PAUSE_S)
                continue
            for target in Target:
                self.state = effect_done(self.state, effect, target)
            self._file.write(Kept(household=self.state))

    def _post(self, effect: Effect) -> bool:
        headers = {
            "Content-Type": "application/cloudevents+json",
            "Authorization": f"Bearer {self._token}",
        }
        body = json.dumps(event_of(effect, self.state.id))
        try:
            self._relay.request("POST", "/v1/events", body=body, headers=headers)
            answer = self._relay.getresponse()
            answer.read()
        except OSError, HTTPException:
            self._relay.close()
            return False
        return answer.status == KEPT


def promised(id_: str) -> None:
    """On the judge's disk, which is not the one that is cut, before the relay hears of it."""
    print("saved", id_, flush=True)
    os.fsync(sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--household", required=True)
    parser.add_argument("--relay", type=int, required=True)
    parser.add_argument("--token", required=True)
    given = parser.parse_args(arguments)
    file = StateFile(given.state)
    kept = file.load()
    reading = clocks_of_this_boot().read()
    state = new_household(given.household, reading) if kept is None else kept.household
    home = Home(file, state, HTTPConnection("127.0.0.1", given.relay, timeout=5), given.token)
    home.tell()
    if not state.consented:
        home.given(CONSENT)
    for what in itertools.cycle(STORY):
        home.given(what)
    return 0
