"""A Zigbee stick that exists only here, with devices that answer frame by frame.

Everything above it is real: zigpy with its database, ZHA, the quirks. Nothing of them is replaced;
they are given a radio as their own drivers give them one. Devices are interviewed, bound and read
as over the air, and what they say arrives as packets.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, override

from zigpy import types as t
import zigpy.application
import zigpy.exceptions
import zigpy.state
from zigpy.zcl import foundation
from zigpy.zdo import types as zdo_t

HOME_AUTOMATION = 0x0104
COORDINATOR = "00:12:4b:00:24:c0:ff:ee"
_READ, _READ_ANSWER = 0x00, 0x01
_WRITE, _WRITE_ANSWER = 0x02, 0x04
_REPORTING, _REPORTING_ANSWER = 0x06, 0x07
_REPORT, _DEFAULT_ANSWER = 0x0A, 0x0B
# Frame control: from the server, asking for no default answer; of the profile or of the cluster.
_GENERAL, _OF_CLUSTER = 0x18, 0x19
_NO_DEFAULT_ANSWER, _FROM_SERVER = 0x10, 0x08
_UNSUPPORTED = 0x86
_ZONE_STATUS = 0x0500
_BASIC, _MANUFACTURER, _MODEL = 0x0000, 0x0004, 0x0005
BOOL, UINT8, UINT16, UINT32, INT16, ENUM8, ENUM16, STRING = (
    0x10,
    0x20,
    0x21,
    0x23,
    0x29,
    0x30,
    0x31,
    0x42,
)
_LENGTH = {BOOL: 1, UINT8: 1, UINT16: 2, UINT32: 4, INT16: 2, ENUM8: 1, ENUM16: 2}

type Value = tuple[int, int | str]


@dataclass(kw_only=True)
class Gadget:
    """A device as its maker built it. `attributes` by cluster and number: type and value."""

    ieee: str
    nwk: int
    manufacturer: str
    model: str
    device_type: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...] = ()
    mains: bool = False
    maker_code: int = 0x115F
    attributes: dict[tuple[int, int], Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.attributes = {
            (_BASIC, _MANUFACTURER): (STRING, self.manufacturer),
            (_BASIC, _MODEL): (STRING, self.model),
            (_BASIC, 0x0007): (ENUM8, 1 if self.mains else 3),
            **self.attributes,
        }

    @property
    def node(self) -> zdo_t.NodeDescriptor:
        kind = zdo_t.LogicalType.Router if self.mains else zdo_t.LogicalType.EndDevice
        flags = 0x8E if self.mains else 0x80
        return zdo_t.NodeDescriptor(
            logical_type=zdo_t.LogicalType.Coordinator if self.nwk == 0 else kind,
            complex_descriptor_available=0,
            user_descriptor_available=0,
            reserved=0,
            aps_flags=0,
            frequency_band=zdo_t.NodeDescriptor.FrequencyBand.Freq2400MHz,
            mac_capability_flags=zdo_t.NodeDescriptor.MACCapabilityFlags(flags),
            manufacturer_code=self.maker_code,
            maximum_buffer_size=82,
            maximum_incoming_transfer_size=82,
            server_mask=0,
            maximum_outgoing_transfer_size=82,
            descriptor_capability_field=zdo_t.NodeDescriptor.DescriptorCapability.NONE,
        )


class Radio(zigpy.application.ControllerApplication):  # type: ignore[misc]  # zigpy is untyped here
    """The stick's driver. `air` is what is in its reach; `lost` as if it were pulled out."""

    air: ClassVar[dict[int, Gadget]] = {}
    lost: ClassVar[bool] = False
    running: ClassVar[Radio | None] = None

    @override
    async def connect(self) -> None:
        if Radio.lost:
            raise zigpy.exceptions.TransientConnectionError("the stick is not there")

    @override
    async def disconnect(self) -> None:
        if Radio.running is self:
            Radio.running = None

    @override
    async def load_network_info(self, *, load_devices: bool = False) -> None:
        ieee = t.EUI64.convert(COORDINATOR)
        self.state.node_info = zigpy.state.NodeInfo(
            nwk=t.NWK(0x0000), ieee=ieee, logical_type=zdo_t.LogicalType.Coordinator
        )
        self.state.network_info.pan_id = t.PanId(0x1A62)
        self.state.network_info.extended_pan_id = t.ExtendedPanId(ieee)
        self.state.network_info.channel = t.uint8_t(15)
        self.state.network_info.network_key = zigpy.state.Key(key=t.KeyData(bytes(range(16))))

    @override
    async def start_network(self) -> None:
        Radio.running = self
        own = self.add_device(t.EUI64.convert(COORDINATOR), t.NWK(0x0000))
        own.manufacturer, own.model = "Test", "Stick"
        own.node_desc = _OWN.node
        await own.schedule_initialize()

    @override
    async def send_packet(self, packet: t.ZigbeePacket) -> None:
        gadget = _OWN if packet.dst.address == 0 else Radio.air.get(int(packet.dst.address))
        if packet.dst.addr_mode not in {t.AddrMode.NWK, t.AddrMode.IEEE} or gadget is None:
            return
        data = packet.data.serialize()
        answer = _answered(gadget, packet.dst_ep, packet.cluster_id, data)
        if answer is not None:
            cluster = packet.cluster_id | (0x8000 if packet.dst_ep == 0 else 0)
            asyncio.get_running_loop().call_soon(
                self.hear, gadget, packet.dst_ep, cluster, answer, packet.profile_id
            )

    def hear(self, gadget: Gadget, endpoint: int, cluster: int, data: bytes, profile: int) -> None:
        """A frame comes in."""
        if Radio.running is not self:
            return
        self.packet_received(
            t.ZigbeePacket(
                src=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(gadget.nwk)),
                src_ep=endpoint,
                dst=t.AddrModeAddress(t.AddrMode.NWK, t.NWK(0x0000)),
                dst_ep=endpoint,
                tsn=data[0] if endpoint == 0 else data[1],
                profile_id=profile,
                cluster_id=cluster,
                data=t.SerializableBytes(data),
                lqi=180,
                rssi=-55,
            )
        )

    async def _nothing(self, *_: Any, **__: Any) -> None:
        """What a stick does by itself, and nobody here asks after."""

    force_remove = _nothing
    add_endpoint = _nothing
    permit_ncp = _nothing
    permit_with_link_key = _nothing
    write_network_info = _nothing
    reset_network_info = _nothing


_OWN = Gadget(
    ieee=COORDINATOR,
    nwk=0x0000,
    manufacturer="Test",
    model="Stick",
    device_type=0x0007,
    inputs=(0x0000,),
    mains=True,
)


class Speaker:
    """A gadget's voice: it counts its frames, as zigpy drops what it has heard already."""

    def __init__(self, gadget: Gadget) -> None:
        self.gadget = gadget
        self._count = 0

    def join(self) -> None:
        """The cover is off, the button held: it asks to be let in."""
        assert Radio.running is not None
        Radio.air[self.gadget.nwk] = self.gadget
        Radio.running.handle_join(
            nwk=t.NWK(self.gadget.nwk),
            ieee=t.EUI64.convert(self.gadget.ieee),
            parent_nwk=t.NWK(0x0000),
        )

    def die(self) -> None:
        """Its battery is out: it answers nobody."""
        del Radio.air[self.gadget.nwk]

    def report(self, cluster: int, attribute: int, value: Value, *, repeat: bool = False) -> None:
        """An attribute, by itself. `repeat`: the same frame again, as over a bad link."""
        body = attribute.to_bytes(2, "little") + bytes([value[0]]) + _encoded(value)
        self._say(cluster, _GENERAL, _REPORT, body, repeat=repeat)

    def zone(self, status: int, *, repeat: bool = False) -> None:
        """A zone's state, with all its bits."""
        body = status.to_bytes(2, "little") + bytes([0, 0, 0, 0])
        self._say(_ZONE_STATUS, _OF_CLUSTER, 0x00, body, repeat=repeat)

    def check_in(self) -> None:
        """A sleeper with poll control asks whether there is anything for it."""
        self._say(0x0020, _OF_CLUSTER, 0x00, b"", repeat=False)

    def _say(self, cluster: int, control: int, command: int, body: bytes, *, repeat: bool) -> None:
        assert Radio.running is not None
        if not repeat:
            self._count = (self._count + 1) % 256
        frame = bytes([control, self._count, command]) + body
        Radio.running.hear(self.gadget, 1, cluster, frame, HOME_AUTOMATION)


def _answered(gadget: Gadget, endpoint: int, cluster: int, data: bytes) -> bytes | None:
    return (
        _of_the_device(gadget, cluster, data)
        if endpoint == 0
        else _of_a_cluster(gadget, cluster, data)
    )


def _of_the_device(gadget: Gadget, cluster: int, data: bytes) -> bytes | None:
    """What it is: the interview, and being bound."""
    nwk, good = t.NWK(gadget.nwk).serialize(), bytes([zdo_t.Status.SUCCESS])
    answers: Mapping[int, bytes] = {
        zdo_t.ZDOCmd.Node_Desc_req: good + nwk + gadget.node.serialize(),
        zdo_t.ZDOCmd.Active_EP_req: good + nwk + bytes([1, 1]),
        zdo_t.ZDOCmd.Simple_Desc_req: good + nwk + _simple(gadget),
        zdo_t.ZDOCmd.Bind_req: good,
        zdo_t.ZDOCmd.Unbind_req: good,
    }
    answer = answers.get(cluster)
    return None if answer is None else data[:1] + answer


def _simple(gadget: Gadget) -> bytes:
    body: bytes = zdo_t.SimpleDescriptor(
        endpoint=1,
        profile=HOME_AUTOMATION,
        device_type=gadget.device_type,
        device_version=1,
        input_clusters=list(gadget.inputs),
        output_clusters=list(gadget.outputs),
    ).serialize()
    return bytes([len(body)]) + body


def _of_a_cluster(gadget: Gadget, cluster: int, data: bytes) -> bytes | None:
    header, body = foundation.ZCLHeader.deserialize(data)
    # An answer goes the other way than what was asked; it asks for no default answer itself.
    start = bytes([_NO_DEFAULT_ANSWER | (~data[0] & _FROM_SERVER), header.tsn])
    command = int(header.command_id)
    if header.frame_control.is_cluster:
        return start + bytes([_DEFAULT_ANSWER, command, 0])
    match command:
        case _ if command == _READ:
            numbers = [int.from_bytes(body[i : i + 2], "little") for i in range(0, len(body), 2)]
            return start + bytes([_READ_ANSWER]) + _values(gadget, cluster, numbers)
        case _ if command == _WRITE:
            return start + bytes([_WRITE_ANSWER, 0])
        case _ if command == _REPORTING:
            return start + bytes([_REPORTING_ANSWER, 0])
        case _:
            return None


def _values(gadget: Gadget, cluster: int, numbers: list[int]) -> bytes:
    answer = b""
    for number in numbers:
        answer += number.to_bytes(2, "little")
        value = gadget.attributes.get((cluster, number))
        if value is None:
            answer += bytes([_UNSUPPORTED])
        else:
            answer += bytes([0, value[0]]) + _encoded(value)
    return answer


def _encoded(value: Value) -> bytes:
    kind, content = value
    if isinstance(content, str):
        return bytes([len(content)]) + content.encode()
    return content.to_bytes(_LENGTH[kind], "little", signed=kind == INT16)
