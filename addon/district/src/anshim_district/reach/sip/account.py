"""Who calls through which PBX or trunk, and what is dialled there. Pure; made from the options.

`uri` is the lowest layer: whatever is asked for, nothing else reaches the wire.
"""

from dataclasses import dataclass
import re
from typing import Final, Literal

from ...registry.phones import Dialable, NotDialableError, dialable

# Every Korean emergency and service number begins with 1 (119, 112, 110, 122, 1339, 15xx-xxxx). A
# subscriber's number never does, nor with the digit of an outside line before it.
_ON_THE_WIRE: Final = re.compile(r"\+82[1-9]\d{7,9}|[02-9*#]{0,2}0[1-9]\d{7,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    server: str
    user: str
    password: str = ""
    login: str = ""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    # what is said is encrypted too, or there is no call
    srtp: bool = False
    # digits for an outside line
    prefix: str = ""
    international: bool = False

    def uri(self, to: Dialable) -> str:
        """Looks once more at what it was given; raises `NotDialableError`."""
        number = dialable(to.e164).e164
        dialled = number if self.international else self.prefix + "0" + number.removeprefix("+82")
        if not _ON_THE_WIRE.fullmatch(dialled):
            raise NotDialableError("not_a_subscriber")
        return f"sip:{dialled}@{self.server};transport={self.transport}"

    @property
    def words(self) -> str:
        """As baresip takes an account, for a call: it does not register and never answers."""
        return self._words(0)

    def registering(self, every_s: int) -> str:
        """The same, for whoever keeps the PBX knowing where we are."""
        return self._words(every_s)

    def _words(self, register_s: int) -> str:
        parts = [
            f"<sip:{self.user}@{self.server};transport={self.transport}>",
            f"regint={register_s}",
            "answermode=manual",
            "call_transfer=no",
            "audio_codecs=PCMU/8000/1,PCMA/8000/1",
        ]
        if self.srtp:
            parts.append("mediaenc=srtp-mand")
        if self.password:
            parts += [f"auth_user={self.login or self.user}", f"auth_pass={self.password}"]
        return ";".join(parts)
