# A BACpypes3 client that drives the DM-BR procedures from the other side: against the simulator.
# Its configuration is the first line of stdin. The stack is BACpypes3's, the procedure is the test's own
# and is written after clause 19.1, not after the engine.

import asyncio

from bacpypes3.apdu import (
    AtomicReadFileRequest,
    AtomicWriteFileRequest,
    CreateObjectRequest,
    ErrorRejectAbortNack,
    ReinitializeDeviceRequest,
)
from bacpypes3.app import Application
from bacpypes3.basetypes import (
    AtomicReadFileRequestAccessMethodChoice,
    AtomicReadFileRequestAccessMethodChoiceRecordAccess,
    AtomicReadFileRequestAccessMethodChoiceStreamAccess,
    AtomicWriteFileRequestAccessMethodChoice,
    AtomicWriteFileRequestAccessMethodChoiceRecordAccess,
    AtomicWriteFileRequestAccessMethodChoiceStreamAccess,
    CreateObjectRequestObjectSpecifier,
    FileAccessMethod,
    PropertyIdentifier,
)
from bacpypes3.pdu import Address
from bacpypes3.primitivedata import ObjectIdentifier, Unsigned
from bacpypes3.settings import settings

from peer import device_object, ip_port, orders, ports_open, say

settings.route_aware = True  # "2001:5@127.0.0.1:47810": a routed address without asking for the router

ReadChoice, WriteChoice = AtomicReadFileRequestAccessMethodChoice, AtomicWriteFileRequestAccessMethodChoice


class Refused(Exception):
    pass


async def answered(answer):
    """BACpypes3 raises some refusals and returns others."""
    try:
        value = await answer
    except ErrorRejectAbortNack as refusal:
        raise Refused(str(refusal)) from None
    if isinstance(value, ErrorRejectAbortNack):
        raise Refused(str(value))
    return value


class Client:
    def __init__(self, app, config):
        self.app = app
        self.target = Address(config["target"])
        self.device = ObjectIdentifier(("device", config["instance"]))
        self.password = config.get("password")
        self.chunk = config["chunk"]
        self.records_at_once = config.get("recordsAtOnce", 1)
        self.requests = 0

    async def ask(self, request):
        request.pduDestination = self.target
        self.requests += 1
        return await answered(self.app.request(request))

    async def read(self, obj, name, index=None):
        return await answered(self.app.read_property(self.target, obj, PropertyIdentifier(name), index))

    async def bind(self, instance):
        """Learns the peer's limits from its I-Am, as a client must before it may segment a request."""
        i_ams = await self.app.who_is(instance, instance, address=self.target)
        if not i_ams:
            raise Refused("no I-Am")
        entry = await self.app.device_info_cache.set_device_info(i_ams[0])
        # BACpypes3 counts octets of data, not of APDU: without this its segments are 6 octets too long.
        entry.max_npdu_length = entry.max_apdu_length_accepted - 6
        return {
            "instance": i_ams[0].iAmDeviceIdentifier[1],
            "maxApdu": int(entry.max_apdu_length_accepted),
            "segmentation": entry.segmentation_supported.attr,
            "vendorId": int(entry.vendor_identifier),
        }

    async def reinitialize(self, state, password=None):
        request = ReinitializeDeviceRequest(reinitializedStateOfDevice=state)
        if password or self.password:
            request.password = password or self.password
        await self.ask(request)

    async def until(self, *states):
        for _ in range(200):
            try:
                state = (await self.read(self.device, "backupAndRestoreState")).attr
            except Refused:
                state = "silent"  # it may restart
            if state in states:
                return state
            await asyncio.sleep(0.05)
        raise Refused(f"never reached {states}")

    async def read_stream(self, file):
        octets, end = b"", False
        while not end:
            access = ReadChoice(
                streamAccess=AtomicReadFileRequestAccessMethodChoiceStreamAccess(
                    fileStartPosition=len(octets), requestedOctetCount=self.chunk
                )
            )
            ack = await self.ask(AtomicReadFileRequest(fileIdentifier=file, accessMethod=access))
            assert ack.accessMethod.streamAccess.fileStartPosition == len(octets)
            octets += bytes(ack.accessMethod.streamAccess.fileData)
            end = bool(ack.endOfFile)
        return octets

    async def read_records(self, file):
        records, end = [], False
        while not end:
            access = ReadChoice(
                recordAccess=AtomicReadFileRequestAccessMethodChoiceRecordAccess(
                    fileStartRecord=len(records), requestedRecordCount=self.records_at_once
                )
            )
            ack = await self.ask(AtomicReadFileRequest(fileIdentifier=file, accessMethod=access))
            part = ack.accessMethod.recordAccess
            assert part.fileStartRecord == len(records) and part.returnedRecordCount == len(part.fileRecordData)
            records += [bytes(record) for record in part.fileRecordData]
            end = bool(ack.endOfFile)
        return records

    async def write_stream(self, file, octets):
        for start in range(0, len(octets), self.chunk):
            access = WriteChoice(
                streamAccess=AtomicWriteFileRequestAccessMethodChoiceStreamAccess(
                    fileStartPosition=start, fileData=octets[start : start + self.chunk]
                )
            )
            ack = await self.ask(AtomicWriteFileRequest(fileIdentifier=file, accessMethod=access))
            assert ack.fileStartPosition == start

    async def write_records(self, file, records):
        for start in range(0, len(records), self.records_at_once):
            part = records[start : start + self.records_at_once]
            access = WriteChoice(
                recordAccess=AtomicWriteFileRequestAccessMethodChoiceRecordAccess(
                    fileStartRecord=start, recordCount=len(part), fileRecordData=part
                )
            )
            ack = await self.ask(AtomicWriteFileRequest(fileIdentifier=file, accessMethod=access))
            assert ack.fileStartRecord == start

    async def write_size(self, file, name, size):
        """Only when it differs; a refusal is the test's business."""
        if int(await self.read(file, name)) != size:
            await answered(self.app.write_property(self.target, file, PropertyIdentifier(name), Unsigned(0)))

    async def backup(self):
        await self.reinitialize("startBackup")
        await self.until("performingABackup")
        status_during = (await self.read(self.device, "systemStatus")).attr
        count = int(await self.read(self.device, "configurationFiles", 0))
        listed = await self.read(self.device, "configurationFiles")
        assert len(listed) == count
        self.image = []
        for file in listed:
            method = await self.read(file, "fileAccessMethod")
            record = method == FileAccessMethod.recordAccess
            content = await (self.read_records(file) if record else self.read_stream(file))
            self.image.append((file, record, content))
        await self.reinitialize("endBackup")
        await self.until("idle")
        return {"systemStatusDuring": status_during}

    async def restore(self):
        await self.reinitialize("startRestore")
        await self.until("performingARestore")
        status_during = (await self.read(self.device, "systemStatus")).attr
        created = 0
        for file, record, content in self.image:
            try:
                await self.read(file, "fileSize")
            except Refused:
                specifier = CreateObjectRequestObjectSpecifier(objectIdentifier=file)
                ack = await self.ask(CreateObjectRequest(objectSpecifier=specifier))
                assert ack.objectIdentifier == file
                created += 1
            if record:
                await self.write_size(file, "recordCount", len(content))
                await self.write_records(file, content)
            else:
                await self.write_size(file, "fileSize", len(content))
                await self.write_stream(file, content)
        await self.reinitialize("endRestore")
        await self.until("idle")
        return {"systemStatusDuring": status_during, "created": created}

    def dump(self):
        def one(file, record, content):
            joined = b"".join(content) if record else content
            return {
                "instance": file[1],
                "access": "record" if record else "stream",
                "hex": joined.hex(),
                "recordLengths": [len(r) for r in content] if record else None,
            }

        return {"files": [one(*entry) for entry in self.image], "requests": self.requests}


async def main():
    lines = orders()
    config = await anext(lines)
    app = Application.from_object_list(
        [
            device_object(config["ownInstance"], "BACpypes3 client", config["maxApdu"], config["segmentation"]),
            ip_port(1, config["address"], config["port"]),
        ]
    )
    app.asap.proposedWindowSize = config.get("window", 8)
    await ports_open(app)
    client = Client(app, config)
    say({"kind": "ready"})
    async for command in lines:
        try:
            if command["kind"] == "bind":
                done = await client.bind(config["instance"])
            elif command["kind"] == "reinitialize":
                done = await client.reinitialize(command["state"], command.get("password"))
            elif command["kind"] == "state":
                done = {"state": (await client.read(client.device, "backupAndRestoreState")).attr}
            elif command["kind"] == "backup":
                done = {**await client.backup(), **client.dump()}
            elif command["kind"] == "restore":
                done = {**await client.restore(), **client.dump()}
            else:
                raise Refused(f"unknown command {command['kind']}")
            say({"kind": "done", **(done or {})})
        except Refused as refusal:
            say({"kind": "refused", "words": str(refusal)})


asyncio.run(main())
