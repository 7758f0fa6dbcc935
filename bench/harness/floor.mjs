// The least possible loop: requests encoded before the clock runs, raw UDP, a copy of the octets out of each answer,
// and nothing else. Can keep a fixed number of requests outstanding, and repeat them after a fixed time, as the
// references with windows and losses need it.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encodeReadFileRequest, ObjectType } from '../../dist/protocol/index.js';

/** Octets of content in one unsegmented answer of 1476 octets, whatever the position. */
export const CHUNK = 1461;

const FILE = { type: ObjectType.file, instance: 1 };

/** BVLC, NPCI and the header of a ConfirmedRequest of AtomicReadFile. */
function datagramOf(invokeId, payload) {
  const head = [0x81, 0x0a, 0, 0, 0x01, 0x04, 0x00, 0x05, invokeId, 6];
  const datagram = Buffer.concat([Buffer.from(head), payload]);
  datagram.writeUInt16BE(datagram.length, 2);
  return datagram;
}

/** Octets before the content of an answer: BVLC 4, NPCI 2, header 3, end of file 1, opening tag 1, position, tag 4. */
function contentAt(position) {
  const octets = position < 0x80 ? 1 : position < 0x8000 ? 2 : position < 0x800000 ? 3 : 4;
  return 4 + 2 + 3 + 1 + 1 + (1 + octets);
}

export async function openFloor(port) {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(1 << 20);
  return new Floor(socket, port);
}

class Floor {
  #socket;
  #port;

  constructor(socket, port) {
    this.#socket = socket;
    this.#port = port;
  }

  /** Reads the first `octets` of the file; resolves with { seconds, content, repeats }. */
  async read(octets, { window = 1, timeoutMs = 0, chunk = CHUNK } = {}) {
    const starts = Array.from({ length: Math.ceil(octets / chunk) }, (_, index) => index * chunk);
    const requests = starts.map((start, index) => {
      const count = Math.min(chunk, octets - start);
      return datagramOf(
        (index % 255) + 1,
        encodeReadFileRequest({ file: FILE, access: 'stream', start, count }),
      );
    });
    const content = Buffer.alloc(octets);
    const out = new Map();
    let [next, done, repeats] = [0, 0, 0];
    const started = performance.now();
    await new Promise((resolve) => {
      const send = (index) => {
        if (timeoutMs > 0) {
          clearTimeout(out.get(index));
          out.set(
            index,
            setTimeout(() => {
              repeats += 1;
              send(index);
            }, timeoutMs),
          );
        } else out.set(index, undefined);
        this.#socket.send(requests[index], this.#port, '127.0.0.1');
      };
      const take = (answer) => {
        // The lowest outstanding one with this id: fewer than 255 are out.
        let index = -1;
        for (const candidate of out.keys()) if ((candidate % 255) + 1 === answer[7]) index = candidate;
        if (index < 0 || answer[6] >> 4 !== 3) return;
        clearTimeout(out.get(index));
        out.delete(index);
        const length = Math.min(chunk, octets - starts[index]);
        const head = contentAt(starts[index]) + (length > 253 ? 4 : length > 4 ? 2 : 1);
        answer.copy(content, starts[index], head, head + length);
        done += 1;
        if (next < requests.length) send(next++);
        if (done === requests.length) {
          this.#socket.off('message', take);
          resolve();
        }
      };
      this.#socket.on('message', take);
      while (next < Math.min(window, requests.length)) send(next++);
    });
    return { seconds: (performance.now() - started) / 1000, content, repeats };
  }

  async close() {
    await new Promise((resolve) => this.#socket.close(resolve));
  }
}
