// Octets that nobody meant, at a live device: nothing is thrown, and an honest client between them gets
// its answers.

import { expect } from 'chai';
import {
  ConfirmedService as Service,
  encodeApdu,
  encodeBvll,
  encodeNpdu,
  PropertyId as P,
} from '../../../protocol/index.js';
import {
  encodeCreateObjectRequest,
  encodeReadFileRequest,
  encodeWriteFileRequest,
} from '../../../protocol/index.js';
import { encodeReadPropertyMultipleRequest, encodeWritePropertyRequest } from '../../../protocol/index.js';
import {
  bench,
  device,
  DEVICE_ADDRESS,
  file,
  octets,
  ramp,
  record,
  shown,
  stream,
  unsigned,
} from '../support.js';

const REQUESTS: [number, Uint8Array][] = [
  [Service.atomicReadFile, encodeReadFileRequest({ file: file(1), access: 'stream', start: 3, count: 200 })],
  [
    Service.atomicWriteFile,
    encodeWriteFileRequest({ file: file(2), access: 'record', start: 1, records: [ramp(3), octets()] }),
  ],
  [
    Service.createObject,
    encodeCreateObjectRequest({
      object: file(9),
      initialValues: [{ property: P.fileSize, values: [unsigned(3)] }],
    }),
  ],
  [
    Service.readPropertyMultiple,
    encodeReadPropertyMultipleRequest({ specs: [{ object: device(), properties: [{ property: P.all }] }] }),
  ],
  [
    Service.writeProperty,
    encodeWritePropertyRequest({ object: file(1), property: P.fileSize, values: [unsigned(5)] }),
  ],
  [Service.reinitializeDevice, octets(0x09, 4)],
];

describe('device under mutated frames', () => {
  it('throws nothing and goes on answering an honest client', async () => {
    const { world, client } = bench({
      files: [
        stream(1, ramp(500)),
        record(2, [ramp(5)]),
        stream(7, ramp(9), { configuration: false, readOnly: true }),
      ],
    });
    const random = world.random('mutations');
    const attacker = world.transport('10.0.0.66:47808');
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 25; i++) {
        const [service, payload] = REQUESTS[random.below(REQUESTS.length)]!;
        const head = {
          type: 'confirmed-request',
          invokeId: random.below(256),
          service,
          maxApdu: 480,
          payload,
        } as const;
        const apdu = encodeApdu({ ...head, segmentedAnswerAccepted: random.chance(0.5) });
        const npdu = encodeNpdu({ priority: 0, expectingReply: true, content: { kind: 'apdu', apdu } });
        const datagram = encodeBvll({ kind: 'original-unicast', npdu });
        for (let n = random.below(4); n > 0; n--) datagram[random.below(datagram.length)] = random.below(256);
        attacker.send(
          random.chance(0.1) ? datagram.subarray(0, random.below(datagram.length)) : datagram,
          DEVICE_ADDRESS,
        );
      }
      expect(shown(await client.readFile(7, 'stream', 0, 3))).to.equal('0: 000102');
    }
  });
});
