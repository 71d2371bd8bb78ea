"""Anybody may ask anything: nothing of it is an error of ours, and nobody is named in the log."""

import re
import subprocess
import sys

from tests.district.support.process import environment


def test_whatever_is_asked_is_answered_as_the_documents_say() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.district.doors", "--examples", "2"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    told = re.search(r"(\d+) questions, 0 findings, 0 lines in the log", done.stdout)
    assert told is not None
    assert int(told[1]) > 90
    # some of it goes through, at both doors
    for operation in ("POST /v1/", "GET /board", "POST /homes/new", "GET /audit.csv"):
        assert re.search(rf"`{operation}.* 20[01]: ", done.stdout), done.stdout
