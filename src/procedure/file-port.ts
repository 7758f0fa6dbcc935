// The device's File objects as the transfers see them, with everything counted and noted by the session.

import { type ObjectId, PropertyId, type ReadFileAck, type ReadFileRequest } from '../../protocol/index.js';
import type { Reply } from '../client/index.js';
import type { FilePort, ReadTogether } from '../transfer/index.js';
import { readAtOnce } from './at-once.js';
import type { Session } from './session.js';

/** After so long without an answer a device may well have restarted, and is asked before anything else, ms. */
const RESTART_MS = 1000;

/** A FilePort that also knows when the last request that may empty a file was over. */
export interface SessionFilePort extends FilePort {
  /** Clock.now() when the last File_Size or Record_Count := 0, or write at position 0, was over; undefined before. */
  readonly truncatedMs: number | undefined;
}

export function filePort(session: Session): SessionFilePort {
  const { device, clock } = session;
  let truncatedMs: number | undefined;
  const doubt = { isOpen: false };
  const noteTruncation = (): void => {
    truncatedMs = clock.now();
  };
  return {
    get truncatedMs() {
      return truncatedMs;
    },
    get sizes() {
      return session.sizes;
    },
    get readWindow() {
      return session.readWindow;
    },
    get habits() {
      return session.habits;
    },
    get patienceMs() {
      return session.patienceMs;
    },
    get outageMs() {
      return session.outageMs;
    },
    now: () => clock.now(),
    stillOurs: () => session.stillOurs(),
    readFile: (request, once = false, together) => readFile(session, doubt, request, once, together),
    settleDoubt: async () => {
      if (doubt.isOpen) await session.stillOurs();
      doubt.isOpen = false;
    },
    // An AtomicWriteFile is not among the services that keep a procedure alive (clause 19.1.2.5).
    writeFile: async (request) => {
      session.throwIfCancelled();
      session.filesTouched = true;
      try {
        return await session.fileRequest(
          () => device.writeFile(request, session.fileCall({ retries: 0 })),
          false,
        );
      } finally {
        if (request.start === 0) noteTruncation();
      }
    },
    writeProperty: async (file: ObjectId, property, value) => {
      session.filesTouched = true;
      try {
        const call = session.fileCall({ retries: 0, priority: 'control' });
        return await session.fileRequest(() => device.writeProperty(file, property, value, call), true);
      } finally {
        if (property === PropertyId.fileSize || property === PropertyId.recordCount) noteTruncation();
      }
    },
    ...properties(session),
    ...listener(session),
  };
}

/** How the properties of a file are read. */
function properties(session: Session): Pick<FilePort, 'readProperty' | 'readAtOnce'> {
  const { device } = session;
  return {
    readProperty: (file, property) =>
      session.fileRequest(
        () => device.readProperty(file, property, session.fileCall({ priority: 'control', adapts: true })),
        true,
      ),
    readAtOnce: (file, several) => readAtOnce(session, file, several),
  };
}

/** What the transfers tell while they work. */
function listener(
  session: Session,
): Pick<FilePort, 'resumed' | 'pause' | 'repeated' | 'deviation' | 'progress'> {
  const { device } = session;
  return {
    resumed: (file, position, silentMs) =>
      session.emit({ kind: 'resumed', device: device.instance, file, position, silentMs }),
    pause: (ms, reason) => session.pause(ms, reason),
    repeated: (attempt, reason) => session.repeated(attempt, reason),
    deviation: (text) => session.deviation(text),
    progress: (file, octetsDone, recordsDone) =>
      session.emit({
        kind: 'chunk',
        device: device.instance,
        file,
        octetsDone,
        ...(recordsDone === undefined ? {} : { recordsDone }),
      }),
  };
}

/** One answer of AtomicReadFile. Opens a doubt where it came late while others were out. */
async function readFile(
  session: Session,
  doubt: { isOpen: boolean },
  request: ReadFileRequest,
  once: boolean,
  together: ReadTogether | undefined,
): Promise<Reply<ReadFileAck>> {
  session.throwIfCancelled();
  const askedMs = session.now();
  const asked = { again: false };
  const onRetry = (attempt: number): void => {
    asked.again = true;
    session.repeated(attempt, 'no answer');
    together?.onRepeat();
  };
  const outstanding = together?.outstanding;
  const call = session.fileCall(
    once ? { retries: 0, outstanding, onRetry } : { adapts: true, outstanding, onRetry },
  );
  const reply = await session.fileRequest(() => session.device.readFile(request, call), true);
  // A device that did not answer at first may have restarted: what it gives then is not from our procedure.
  if (!reply.ok || !asked.again) return reply;
  const alone = (outstanding ?? 1) === 1;
  doubt.isOpen ||= !alone;
  if (alone || session.now() - askedMs >= RESTART_MS) await session.stillOurs();
  return reply;
}
