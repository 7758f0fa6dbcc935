// Replays recorded traffic through every layer.

import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { summarizeCapture } from '../support/captures.js';
import type { CaptureSummary } from '../support/captures.js';
import { FIXTURES } from '../support/frames.js';

// Traffic of other stacks: whatever we and our own tests misunderstand in the same way shows here.
// Every datagram of every capture is re-encoded octet for octet: no stack in them writes a longer form
// than it must, so there is no class of frames to except. A new one would show up as `different`.

const OWN = join(FIXTURES, 'captures');
const PUBLIC = resolve(process.cwd(), '../shared/captures/public');

type Expected = Pick<
  CaptureSummary,
  'datagrams' | 'joined' | 'leftSegments' | 'answered' | 'payloads' | 'kinds'
> & {
  readonly unasked?: readonly number[];
};

/** Both BACnet4J dialogues differ only in how many properties the client reads while it waits. */
function bacnet4jDialogue(readProperties: number): Expected {
  return {
    datagrams: 46 + 2 * readProperties,
    joined: 0,
    leftSegments: 0,
    answered: 21 + readProperties,
    payloads: 37 + 2 * readProperties,
    kinds: {
      'who-is-router-to-network': 2,
      'unconfirmed-request 2': 2,
      'confirmed-request 12': readProperties,
      'complex-ack 12': readProperties,
      'confirmed-request 14': 2,
      'complex-ack 14': 2,
      'confirmed-request 20': 4,
      'simple-ack 20': 4,
      'confirmed-request 6': 7,
      'complex-ack 6': 7,
      'confirmed-request 15': 1,
      'simple-ack 15': 1,
      'confirmed-request 7': 7,
      'complex-ack 7': 7,
    },
  };
}

const OWN_EXPECTED: Readonly<Record<string, Expected>> = {
  'b4j-client_b4j-server.pcap': bacnet4jDialogue(18),
  'b4j-client_bp3-server.pcap': bacnet4jDialogue(14),
  'bacpy-client_bacpy-server.pcap': {
    datagrams: 36,
    joined: 1,
    leftSegments: 0,
    answered: 15,
    payloads: 25,
    kinds: {
      'unconfirmed-request 0': 2,
      'confirmed-request 20': 4,
      'simple-ack 20': 4,
      'confirmed-request 12': 5,
      'complex-ack 12': 5,
      'confirmed-request 6': 3,
      'complex-ack 6': 3,
      'confirmed-request 7 segment': 5,
      'segment-ack': 2,
      'complex-ack 7': 3,
    },
  },
  'bacpy-client_bacserv_restore-abort.pcap': {
    datagrams: 38,
    joined: 1,
    leftSegments: 0,
    answered: 14,
    payloads: 27,
    kinds: {
      'unconfirmed-request 0': 2,
      'confirmed-request 20': 3,
      'simple-ack 20': 3,
      'confirmed-request 12': 5,
      'complex-ack 12': 5,
      'confirmed-request 6': 6,
      'complex-ack 6': 6,
      'confirmed-request 7 segment': 4,
      abort: 4,
    },
  },
  'bacstack-tools_bacserv.pcap': {
    datagrams: 30,
    joined: 0,
    leftSegments: 0,
    answered: 15,
    payloads: 26,
    kinds: {
      'confirmed-request 20': 4,
      'simple-ack 20': 4,
      'confirmed-request 12': 1,
      'complex-ack 12': 1,
      'confirmed-request 6': 5,
      'complex-ack 6': 5,
      'confirmed-request 7': 5,
      'complex-ack 7': 5,
    },
  },
};

/** Real controllers: how many datagrams, and how many payloads of ours are in them. */
const PUBLIC_EXPECTED: Readonly<
  Record<string, Pick<Expected, 'datagrams' | 'joined' | 'payloads' | 'unasked'>>
> = {
  'hilti-atomic-read-file.pcap': { datagrams: 128, joined: 0, payloads: 128 },
  // Made by hand, one frame of each service: nobody asked for its only error.
  'icsnpp-bacnet_error_reject_abort.pcap': { datagrams: 45, joined: 0, payloads: 11, unasked: [43] },
  'icsnpp-bacnet_services.pcap': { datagrams: 7049, joined: 1, payloads: 7016 },
};

describe('recorded dialogues between other stacks', () => {
  it('are exactly the captures that are expected here', () => {
    expect(readdirSync(OWN).filter((name) => name.endsWith('.pcap'))).to.have.members(
      Object.keys(OWN_EXPECTED),
    );
  });

  for (const [name, expected] of Object.entries(OWN_EXPECTED)) {
    it(`decode to the last octet and are written again octet for octet: ${name}`, () => {
      const summary = summarizeCapture(join(OWN, name));
      expect(summary).to.deep.equal({
        different: [],
        unasked: [],
        ...expected,
        identical: expected.datagrams,
      });
    });
  }
});

describe('recorded traffic of real controllers', () => {
  for (const [name, expected] of Object.entries(PUBLIC_EXPECTED)) {
    it(`decodes and is written again octet for octet: ${name}`, function () {
      if (!existsSync(PUBLIC)) {
        // These may not be copied into the project, so they are only there on some machines.
        this.test!.title += ` (skipped: ${PUBLIC} is not there)`;
        this.skip();
      }
      const { datagrams, identical, different, joined, payloads, unasked } = summarizeCapture(
        join(PUBLIC, name),
      );
      expect({ datagrams, identical, different, joined, payloads, unasked }).to.deep.equal({
        identical: expected.datagrams,
        different: [],
        unasked: [],
        ...expected,
      });
    });
  }
});
