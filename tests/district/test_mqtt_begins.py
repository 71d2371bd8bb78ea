"""The district's ear at a broker: one that dies of nonsense is not silently deaf."""

import asyncio
from contextlib import suppress
from unittest.mock import sentinel

import pytest

from anshim_district.intake.mqtt import MqttIntake
from anshim_district.options import Mqtt
from tests.relay.support.mute_broker import (
    LEAVE,
    NONSENSE_LATER,
    WELCOME,
    MuteBroker,
)
from tests.relay.support.process import until


async def test_a_thread_that_dies_of_nonsense_is_noticed_and_the_broker_is_heard_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker = MuteBroker(WELCOME, LEAVE + NONSENSE_LATER)
    await broker.open()
    options = Mqtt(url=f"mqtt://127.0.0.1:{broker.port}")
    intake = MqttIntake(options=options, name="anshim-district-test", taking=sentinel.nobody_asks)
    running = asyncio.create_task(intake.run())
    await until(lambda: broker.came >= 2)
    assert "the thread that hears the broker died" in caplog.text
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await broker.close()
