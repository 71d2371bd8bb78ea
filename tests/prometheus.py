"""Prometheus' text format, as its grammar has it, for whoever tests what a program tells in it."""

import re

KIND = "text/plain; version=0.0.4; charset=utf-8"
# exposition version 0.0.4
SAMPLE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r'(?P<labels>\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? (?P<value>[0-9.e+-]+)'
)


def figures_in(text: str, prefix: str) -> dict[str, float]:
    """By name and labels. A name's type comes before its samples, and no sample comes twice."""
    assert text.endswith("\n")
    found: dict[str, float] = {}
    typed = ""
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed = line.split()[2]
        elif not line.startswith("# HELP "):
            sample = SAMPLE.fullmatch(line)
            assert sample is not None, line
            assert re.fullmatch(f"{typed}(_bucket|_sum|_count)?", sample["name"])
            key = sample["name"].removeprefix(prefix) + (sample["labels"] or "")
            assert key not in found
            found[key] = float(sample["value"])
    return found
