"""Whose net a home is on, as people write it: what fails together across dongs. Pure."""

from collections.abc import Mapping
from enum import StrEnum
import re
from typing import Final


class Network(StrEnum):
    """As stored. A router by radio fails with other homes than a cable of the same company."""

    UNKNOWN = ""
    KT = "kt"
    LGU = "lgu"
    SKB = "skb"
    CABLE = "cable"
    KT_ROUTER = "kt_router"
    LGU_ROUTER = "lgu_router"
    SKT_ROUTER = "skt_router"


_BLANKS: Final = re.compile(r"[\s+·._/()-]+")
_SPELLED: Final[Mapping[Network, str]] = {
    Network.UNKNOWN: "unknown 모름 미상 미확인",
    Network.KT: "kt 케이티",
    Network.LGU: "lgu lguplus lg유플러스 엘지유플러스 유플러스",
    Network.SKB: "skb skbroadband sk브로드밴드 에스케이브로드밴드",
    Network.CABLE: "cable localcable 케이블 지역케이블",
    Network.KT_ROUTER: "ktrouter kt라우터 케이티라우터",
    Network.LGU_ROUTER: "lgurouter lgu라우터 lg유플러스라우터",
    Network.SKT_ROUTER: "sktrouter skt라우터 에스케이티라우터",
}
_KNOWN: Final = {"": Network.UNKNOWN} | {
    spelled: network for network, words in _SPELLED.items() for spelled in words.split()
}


def read_network(written: str) -> Network | None:
    """None: no such net. "SKT" alone is none: it has routers, and its cables are another's."""
    return _KNOWN.get(_BLANKS.sub("", written.casefold()))
