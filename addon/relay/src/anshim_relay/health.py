"""`python -m anshim_relay.health`: exit 0 if the relay here answers. Docker runs it every minute.

So it reads its two options by itself: what the relay loads would cost the device ten times the
processor time that the idle relay takes.
"""

from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
import json
from pathlib import Path
import sys
from typing import Any

from anshim_relay.arguments import parser

PATIENCE_S = 8.0
HTTP_OK = 200
PORT = 8787
TOKEN_FILE = "intake_token"  # noqa: S105 - the name of a file
# Everybody's address is no address to call.
CALLED = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser("anshim-relay-health", "Says whether the relay answers.").parse_args(argv)
    try:
        return 0 if status_of(arguments.options, arguments.data) == HTTP_OK else 1
    except (OSError, HTTPException, ValueError) as error:
        sys.stderr.write(f"anshim-relay-health: {error}\n")
        return 1


def status_of(options_file: Path, data: Path) -> int:
    options: dict[str, Any] = json.loads(options_file.read_bytes())
    token = options.get("intake_token") or (data / TOKEN_FILE).read_text(encoding="ascii")
    host = options.get("listen_host") or ""
    port = options.get("listen_port", PORT)
    connection = HTTPConnection(CALLED.get(host, host), port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {token.strip()}"}
    connection.request("GET", "/v1/status", headers=headers)
    return connection.getresponse().status


if __name__ == "__main__":
    sys.exit(main())
