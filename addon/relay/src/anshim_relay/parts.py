"""What whoever starts the relay has made before: options, address, identity, disk, time."""

from dataclasses import dataclass

from anshim_relay.address import Address
from anshim_relay.identity import IdentityFile
from anshim_relay.options import Options
from anshim_relay.outbox.opening import Found
from anshim_relay.outbox.outbox import Outbox
from anshim_relay.revocation import Losses
from anshim_relay.timekeeper import Timekeeper


@dataclass(frozen=True, kw_only=True)
class Parts:
    options: Options
    address: Address
    token: str
    identity: IdentityFile
    outbox: Outbox
    found: Found
    timekeeper: Timekeeper

    @property
    def losses(self) -> Losses:
        return Losses(self.identity, self.outbox)
