"""Pure decisions about silence: no Home Assistant, no clock, no network, no asyncio.

The integration's coordinator is the only caller; `decide.decide` is the door.
"""
