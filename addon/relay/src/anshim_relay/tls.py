"""TLS towards a district, with its own authority if it has one.

Made once at start, chosen at each request.
"""

from collections.abc import Callable
from pathlib import Path
import ssl

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python does not name.
NO_CHECK_TIME = 0x200000


class Contexts:
    """A clock in 1970 makes every certificate look not yet valid, one in 2035 long expired.

    And the true time comes over this very connection.

    While the clock is not set, or the district has signed another time, dates of certificates are
    not judged; names, chains and the signatures inside still are.
    """

    def __init__(self, authority: Path | None, judges_dates: Callable[[], bool]) -> None:
        self._strict = ssl.create_default_context(cafile=authority)
        self.dateless = ssl.create_default_context(cafile=authority)
        self.dateless.verify_flags |= NO_CHECK_TIME
        self._judges_dates = judges_dates

    def __call__(self) -> ssl.SSLContext:
        return self._strict if self._judges_dates() else self.dateless
