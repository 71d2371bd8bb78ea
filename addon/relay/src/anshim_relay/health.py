"""`python -m anshim_relay.health`: exit 0 if the relay here answers. Docker runs it."""

from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
import sys

from anshim_relay import intake_token, options as options_door
from anshim_relay.arguments import parser

PATIENCE_S = 8.0
HTTP_OK = 200
# Everybody's address is no address to call.
CALLED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser("anshim-relay-health", "Says whether the relay answers.").parse_args(argv)
    try:
        options = options_door.load(arguments.options)
        token = options.intake_token or intake_token.read(arguments.data)
        host = CALLED.get(options.listen_host, options.listen_host)
        connection = HTTPConnection(host, options.listen_port, timeout=PATIENCE_S)
        connection.request("GET", "/v1/status", headers={"Authorization": f"Bearer {token}"})
        return 0 if connection.getresponse().status == HTTP_OK else 1
    except (OSError, HTTPException, options_door.BadOptionsError) as error:
        sys.stderr.write(f"anshim-relay-health: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
