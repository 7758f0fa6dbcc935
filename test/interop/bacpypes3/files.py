# The configuration files of the BACpypes3 device, in memory, with the service procedures of clauses
# 14.1 and 14.2. Written for the tests: BACpypes3 has the codecs of the file services, but no server side.

from bacpypes3.apdu import AtomicReadFileACK, AtomicWriteFileACK
from bacpypes3.basetypes import (
    AtomicReadFileACKAccessMethodChoice,
    AtomicReadFileACKAccessMethodRecordAccess,
    AtomicReadFileACKAccessMethodStreamAccess,
    DateTime,
    FileAccessMethod,
    TimeStamp,
)
from bacpypes3.errors import ExecutionError
from bacpypes3.local.object import Object
from bacpypes3.object import FileObject as _FileObject
from bacpypes3.primitivedata import ObjectType, Unsigned

_vendor_id = 999


def refuse(error_class, error_code):
    raise ExecutionError(errorClass=error_class, errorCode=error_code)


class FileObject(Object, _FileObject):
    """One file: octets of a stream, or records whose boundaries matter."""

    objectType = ObjectType("file")

    def __init__(self, config):
        super().__init__(
            objectIdentifier=("file", config["instance"]),
            objectName=config.get("name", f"File {config['instance']}"),
            fileType=config.get("fileType", "bacvault-interop"),
            archive=False,
            readOnly=config.get("readOnly", False),
            fileAccessMethod=(
                FileAccessMethod.recordAccess if config["access"] == "record" else FileAccessMethod.streamAccess
            ),
            fileSize=0,
            modificationDate=DateTime.now(),
        )
        self._octets = bytearray()
        self._records = []
        self.load(config)

    async def _post_init(self):
        """Theirs looks for a notification class, which a File object has not."""

    @property
    def is_record(self):
        return self.fileAccessMethod == FileAccessMethod.recordAccess

    def load(self, config):
        if self.is_record:
            self._records = [bytes.fromhex(record) for record in config.get("records", [])]
        else:
            self._octets = bytearray.fromhex(config.get("hex", ""))
        self.changed()

    def changed(self):
        """Brings the properties up to the content."""
        joined = b"".join(self._records) if self.is_record else bytes(self._octets)
        self.fileSize = Unsigned(len(joined))
        if self.is_record:
            self.recordCount = Unsigned(len(self._records))
        self.modificationDate = DateTime.now()

    def dump(self):
        joined = b"".join(self._records) if self.is_record else bytes(self._octets)
        return {
            "instance": self.objectIdentifier[1],
            "access": "record" if self.is_record else "stream",
            "hex": joined.hex(),
            "recordLengths": [len(record) for record in self._records] if self.is_record else None,
        }

    def resize(self, attribute, size):
        """File_Size of a stream file, Record_Count of a record file: shorter cuts, longer extends."""
        if attribute == "fileSize" and not self.is_record:
            del self._octets[size:]
            self._octets.extend(bytes(size - len(self._octets)))
        elif attribute == "recordCount" and self.is_record:
            del self._records[size:]
            self._records.extend([b""] * (size - len(self._records)))
        else:
            refuse("property", "writeAccessDenied")
        self.changed()

    async def write_property(self, attr, value, index=None, priority=None):
        name = self._property_identifier_class(attr).attr if isinstance(attr, int) else attr
        if name in ("fileSize", "recordCount"):
            if not self._app.writable:
                refuse("property", "writeAccessDenied")
            self.resize(name, int(value))
        else:
            await super().write_property(attr, value, index, priority)

    def read(self, apdu):
        method = apdu.accessMethod
        if (method.recordAccess is not None) != self.is_record:
            refuse("services", "invalidFileAccessMethod")
        if self.is_record:
            start, count = int(method.recordAccess.fileStartRecord), int(method.recordAccess.requestedRecordCount)
            content = self._records
        else:
            start, count = int(method.streamAccess.fileStartPosition), int(method.streamAccess.requestedOctetCount)
            content = self._octets
        if start < 0 or start > len(content):
            refuse("services", "invalidFileStartPosition")
        part = content[start : start + count]
        answer = AtomicReadFileACKAccessMethodChoice()
        if self.is_record:
            answer.recordAccess = AtomicReadFileACKAccessMethodRecordAccess(
                fileStartRecord=start, returnedRecordCount=len(part), fileRecordData=list(part)
            )
        else:
            answer.streamAccess = AtomicReadFileACKAccessMethodStreamAccess(
                fileStartPosition=start, fileData=bytes(part)
            )
        return AtomicReadFileACK(endOfFile=start + len(part) >= len(content), accessMethod=answer, context=apdu)

    def write(self, apdu):
        method = apdu.accessMethod
        if (method.recordAccess is not None) != self.is_record:
            refuse("services", "invalidFileAccessMethod")
        if self.is_record:
            start = int(method.recordAccess.fileStartRecord)
            part = [bytes(record) for record in method.recordAccess.fileRecordData]
            if len(part) != int(method.recordAccess.recordCount):
                refuse("services", "inconsistentParameters")
            start = len(self._records) if start == -1 else start
            self._records.extend([b""] * (start - len(self._records)))
            self._records[start : start + len(part)] = part
            self.changed()
            return AtomicWriteFileACK(fileStartRecord=start, context=apdu)
        start = int(method.streamAccess.fileStartPosition)
        octets = bytes(method.streamAccess.fileData)
        start = len(self._octets) if start == -1 else start
        self._octets.extend(bytes(max(0, start - len(self._octets))))
        self._octets[start : start + len(octets)] = octets
        self.changed()
        return AtomicWriteFileACK(fileStartPosition=start, context=apdu)


def now_time_stamp():
    return TimeStamp(dateTime=DateTime.now())
