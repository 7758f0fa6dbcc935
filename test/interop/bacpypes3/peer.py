# What every BACpypes3 peer of the interoperability tests shares: the JSON lines it exchanges with the
# test on stdin and stdout, and the making of stacks. Must never leave 127.0.0.0/8.

import asyncio
import json
import sys

from bacpypes3.app import Application
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject
from bacpypes3.pdu import IPv4Address
from bacpypes3.vlan import VirtualNetwork

VENDOR_ID = 999  # the number that BACpypes3 gives to its sample applications


def say(message):
    """One line to the test."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def orders():
    """The test's lines, one object each, until it closes our stdin. The first is the configuration."""
    reader = asyncio.StreamReader(limit=1 << 26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def ip_port(number, address, port, network=0):
    """A network port on a loopback address; all of 127.0.0.0/8 is one link."""
    assert address.startswith("127.")
    return NetworkPortObject(
        IPv4Address(f"{address}/8:{port}"),
        objectIdentifier=("network-port", number),
        objectName=f"NetworkPort-{number}",
        networkNumber=network,
        networkNumberQuality="configured" if network else "unknown",
    )


def virtual_port(number, lan, mac, network):
    """A network port on a LAN inside this process, with one-octet MACs, as MS/TP has them."""
    return NetworkPortObject(
        objectIdentifier=("network-port", number),
        objectName=f"NetworkPort-{number}",
        networkType="virtual",
        protocolLevel="bacnet-application",
        networkInterfaceName=lan,
        macAddress=bytes([mac]),
        networkNumber=network,
        networkNumberQuality="configured",
        statusFlags=[0, 0, 0, 0],
        reliability="no-fault-detected",
        outOfService=False,
        changesPending=False,
        linkSpeed=0.0,
    )


def make_lan(name):
    return VirtualNetwork(name)


def device_object(instance, name, max_apdu=1476, segmentation="segmented-both", max_segments=64, **more):
    return DeviceObject(
        objectIdentifier=("device", instance),
        objectName=name,
        vendorIdentifier=VENDOR_ID,
        maxApduLengthAccepted=max_apdu,
        segmentationSupported=segmentation,
        maxSegmentsAccepted=max_segments,
        **more,
    )


def make_router(instance, ports):
    """A router between its ports; it is a device too, as routers are."""
    return Application.from_object_list([device_object(instance, f"Router {instance}"), *ports])


async def ports_open(app):
    """Waits until every socket is bound."""
    for link in app.link_layers.values():
        server = getattr(link, "server", None)
        if server is not None:
            await asyncio.gather(*server._transport_tasks)
