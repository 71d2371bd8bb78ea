"""`python -m anshim_district.health`: exit 0 if the district here can write. Docker runs it."""

import argparse
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
import ssl
import sys
from typing import Final

from .options import Options, OptionsError, read_options

_PATIENCE_S: Final = 8.0
_OK: Final = 200


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Says whether the district answers.")
    parser.add_argument("--options", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        connection = _connection(read_options(given.options))
        connection.request("GET", "/v1/health")
        return 0 if connection.getresponse().status == _OK else 1
    except (OSError, HTTPException, OptionsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _connection(options: Options) -> HTTPConnection:
    port = options.listen.port
    if not options.tls_certificate:
        return HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    # its certificate is for the outside name, not for this machine's own
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=_PATIENCE_S, context=context)


if __name__ == "__main__":
    sys.exit(main())
