"""The broker of the home, as its Supervisor tells it, where it hands on to the district's.

A broker in between proves nothing, as the district's own does not: only the signed ack does.
"""

from collections.abc import Callable
import ssl
from typing import Any, override

from anshim_relay.carriers.mqtt_line import Broker, Brokers
from anshim_relay.district import AwayError, RefusedError
from anshim_relay.invitation import is_local
from anshim_relay.supervisor import Supervisor


class HomeBroker(Brokers):
    def __init__(self, supervisor: Supervisor, tls: Callable[[], ssl.SSLContext]) -> None:
        self._supervisor = supervisor
        self._tls = tls

    @override
    async def found(self) -> Broker:
        try:
            told = await self._supervisor.broker()
        except RefusedError as error:
            raise AwayError("mqtt-no-home-broker") from error
        broker = broker_from(told, self._tls)
        if broker.tls is None and not is_local(broker.host):
            raise AwayError("mqtt-home-broker-in-the-open")
        return broker


def broker_from(told: Any, tls: Callable[[], ssl.SSLContext]) -> Broker:
    try:
        return Broker(
            host=str(told["host"]),
            port=int(told["port"]),
            user=str(told.get("username") or ""),
            password=str(told.get("password") or ""),
            tls=tls if told.get("ssl") else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise AwayError("mqtt-no-home-broker") from error
