"""What each source adds to the home's signs of life."""

from itertools import permutations

from custom_components.anshim_knock.logic.rhythm.voices import Voice, Voices


def test_what_is_still_heard_without_some_sources_is_the_same_in_every_order() -> None:
    parts = {"door": 0.1, "kettle": 0.2, "lamp": 0.3, "motion": 1e-9}
    known = {name: Voice(part=part) for name, part in parts.items()}
    voices = Voices(known=known, lively=7.0)
    assert len({voices.audible(order) for order in permutations(parts)}) == 1
