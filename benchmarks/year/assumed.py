"""What is assumed of people and things. None of it was measured by us: the table says so.

Rates are per home unless they say otherwise; probabilities are of one occasion.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Assumed:
    dongs: int = 20
    control_seats: int = 3
    # the home's own learned limit lies somewhere here
    shortest_limit: timedelta = timedelta(hours=8)
    longest_limit: timedelta = timedelta(hours=14)
    # the default budgets: a needless pre-alarm in 30 days, one that nobody at home answers in 180
    days_between_quiets: float = 30
    answers_at_home: float = 5 / 6
    knock_after: timedelta = timedelta(minutes=60)
    visit_after: timedelta = timedelta(minutes=120)
    # of a living resident who is called by machine, by a person; of one whose bell is rung
    presses_one: float = 0.6
    picks_up: float = 0.7
    opens: float = 0.85
    # an answering machine speaks for the dead as well
    voicemail: float = 0.3
    dead_number: float = 0.05
    guardian_dead_number: float = 0.17
    guardian_looks: float = 0.4
    # of those on duty: not there at all; hears the text, the call
    no_show: float = 0.1
    sees_text: float = 0.5
    takes_call: float = 0.85
    forgets_to_extend: float = 0.1
    # with an ambulance or the landlord, when nobody opens
    gets_in: float = 0.7
    # one home's own line or plug, for minutes to days; a whole dong at once, for hours
    days_between_cuts: float = 180
    usual_cut: timedelta = timedelta(minutes=40)
    cut_spread: float = 1.6
    area_cuts_a_year: float = 2
    area_cut: timedelta = timedelta(hours=3)
    heartbeat: timedelta = timedelta(minutes=5)
