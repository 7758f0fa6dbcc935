# A DM-BR-B device on BACpypes3: the file and reinitialize handlers are ours, the stack (BVLL, NPDU,
# APDU, segmentation, transactions, property services) is theirs. Its configuration is
# the first line of stdin. With "behind", the device stands on a virtual LAN behind a BACpypes3 router in this process.

import asyncio

from bacpypes3.apdu import CreateObjectACK, CreateObjectError, SimpleAckPDU
from bacpypes3.app import Application
from bacpypes3.basetypes import BackupState, DeviceStatus, ErrorType, TimeStamp
from bacpypes3.constructeddata import ArrayOf
from bacpypes3.primitivedata import ObjectIdentifier, ObjectType

from files import FileObject, now_time_stamp, refuse
from peer import device_object, ip_port, make_lan, make_router, orders, ports_open, say, virtual_port

START = {"startBackup": ("preparingForBackup", "performingABackup"), "startRestore": ("preparingForRestore", "performingARestore")}


class Device(Application):
    """Adds DM-BR-B to a BACpypes3 application."""

    config: dict
    writable = False
    reinitializations: list
    silent = False

    def set_state(self, name):
        self.device_object.backupAndRestoreState = BackupState(name)
        self.writable = name == "performingARestore"
        backup, restore = name.endswith("Backup") and name != "backupFailure", name.endswith("Restore")
        status = "backupInProgress" if backup else "downloadInProgress" if restore else "operational"
        self.device_object.systemStatus = DeviceStatus(status)

    @property
    def state(self):
        return BackupState(self.device_object.backupAndRestoreState).attr

    def files(self):
        return [obj for obj in self.iter_objects() if isinstance(obj, FileObject)]

    def file(self, identifier):
        found = self.get_object_id(identifier)
        if found is None:
            refuse("object", "unknownObject")
        return found

    async def indication(self, apdu):
        if not self.silent:
            await super().indication(apdu)

    async def do_ReinitializeDeviceRequest(self, apdu):
        wanted = self.config.get("password")
        given = None if apdu.password is None else str(apdu.password)
        asked = apdu.reinitializedStateOfDevice.attr
        self.reinitializations.append(asked)
        if wanted is not None and given != wanted:
            refuse("security", "passwordFailure")
        if asked in START:
            if self.state not in ("idle", "backupFailure", "restoreFailure"):
                refuse("device", "configurationInProgress")
            asyncio.create_task(self.prepare(*START[asked]))
        elif asked == "endBackup" and self.state == "performingABackup":
            self.set_state("idle")
        elif asked == "endRestore" and self.state == "performingARestore":
            asyncio.create_task(self.complete())
        elif asked == "abortRestore" and self.state in ("preparingForRestore", "performingARestore"):
            self.set_state("idle")
        else:
            refuse("device", "configurationInProgress")
        await self.response(SimpleAckPDU(context=apdu))

    async def prepare(self, preparing, performing):
        self.set_state(preparing)
        await asyncio.sleep(self.config.get("preparationMs", 0) / 1000)
        if self.state == preparing:
            self.set_state(performing)

    async def complete(self):
        """Restarts after a restore: silence, then an I-Am."""
        await asyncio.sleep(0.01)
        self.silent = True
        await asyncio.sleep(self.config.get("completionMs", 0) / 1000)
        device = self.device_object
        device.databaseRevision += 1
        device.lastRestoreTime = now_time_stamp()
        self.set_state("idle")
        self.silent = False
        self.i_am()

    async def do_AtomicReadFileRequest(self, apdu):
        if self.state.startswith("preparing"):
            refuse("device", "configurationInProgress")
        await self.response(self.file(apdu.fileIdentifier).read(apdu))

    async def do_AtomicWriteFileRequest(self, apdu):
        if not self.writable:
            refuse("services", "fileAccessDenied")
        await self.response(self.file(apdu.fileIdentifier).write(apdu))

    async def do_CreateObjectRequest(self, apdu):
        identifier = apdu.objectSpecifier.objectIdentifier

        async def no(error_class, error_code):
            await self.response(
                CreateObjectError(
                    errorType=ErrorType(errorClass=error_class, errorCode=error_code),
                    firstFailedElementNumber=0,
                    context=apdu,
                )
            )

        if not self.writable:
            return await no("object", "dynamicCreationNotSupported")
        if identifier is None or identifier[0] != ObjectType.file:
            return await no("object", "unsupportedObjectType")
        if self.get_object_id(identifier) is not None:
            return await no("object", "objectIdentifierAlreadyExists")
        config = next(f for f in self.config["files"] if f["instance"] == identifier[1])
        self.add_object(FileObject({**config, "hex": "", "records": []}))
        await self.response(CreateObjectACK(objectIdentifier=identifier, context=apdu))

    def count(self):
        """Counts on the way in and out, so that a test can prove which path was taken."""
        seen = {"largestRequestApdu": 0, "segmentedRequests": 0, "segmentedAcks": 0}
        receive, send = self.asap.confirmation, self.asap.request

        async def received(pdu):
            seen["largestRequestApdu"] = max(seen["largestRequestApdu"], len(pdu.pduData))
            seen["segmentedRequests"] += pdu.pduData[0] & 0xF8 == 0x08
            await receive(pdu)

        async def sent(apdu):
            seen["segmentedAcks"] += apdu.apduType == 3 and bool(apdu.apduSeg)
            await send(apdu)

        self.asap.confirmation, self.asap.request = received, sent
        return seen


def make_device(config, ports):
    device = device_object(
        config["instance"],
        config.get("name", f"BACpypes3 device {config['instance']}"),
        config["maxApdu"],
        config["segmentation"],
        config.get("maxSegments", 64),
        vendorName="BACpypes3",
        modelName="interop",
        databaseRevision=1,
        backupFailureTimeout=60,
        backupPreparationTime=config.get("preparationTimeS", 0),
        restorePreparationTime=config.get("preparationTimeS", 0),
        restoreCompletionTime=config.get("completionTimeS", 0),
        backupAndRestoreState="idle",
        lastRestoreTime=TimeStamp(sequenceNumber=0),
        configurationFiles=ArrayOf(ObjectIdentifier)([("file", f["instance"]) for f in config["files"]]),
    )
    app = Device.from_object_list([device, *ports, *map(FileObject, config["files"])])
    app.config = config
    app.reinitializations = []
    app.asap.proposedWindowSize = config.get("window", 8)
    return app


async def main():
    lines = orders()
    config = await anext(lines)
    behind = config.get("behind")
    if behind is None:
        apps = [app := make_device(config, [ip_port(1, config["address"], config["port"])])]
    else:
        make_lan("lan")
        router = make_router(
            behind["routerInstance"],
            [
                ip_port(1, config["address"], config["port"], behind["linkNetwork"]),
                virtual_port(2, "lan", behind["routerMac"], behind["network"]),
            ],
        )
        app = make_device(config, [virtual_port(1, "lan", behind["mac"], behind["network"])])
        apps = [router, app]
    for each in apps:
        await ports_open(each)
    seen = app.count()
    say({"kind": "ready"})
    async for command in lines:
        if command["kind"] == "dump":
            say(
                {
                    "kind": "dump",
                    "state": app.state,
                    "systemStatus": DeviceStatus(app.device_object.systemStatus).attr,
                    "databaseRevision": int(app.device_object.databaseRevision),
                    "reinitializations": app.reinitializations,
                    "files": [f.dump() for f in app.files()],
                    **seen,
                }
            )
        elif command["kind"] == "load":
            for file in command["files"]:
                app.file(ObjectIdentifier(("file", file["instance"]))).load(file)
            say({"kind": "loaded"})
        elif command["kind"] == "remove":
            app.delete_object(app.file(ObjectIdentifier(("file", command["instance"]))))
            say({"kind": "removed"})


asyncio.run(main())
