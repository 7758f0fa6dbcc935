// ReadPropertyMultiple as a question of the client (read-properties): the replies are those of the properties that were
// asked for, one by one, and an answer that is anything else is none.

import { expect } from 'chai';
import {
  type ConfirmedRequest,
  decodeReadPropertyMultipleRequest,
  encodeReadPropertyMultipleAck,
  type PropertyResult,
  type ReadAccessResult,
} from '../../../protocol/index.js';
import type { Device, Reply } from '../../../src/client/index.js';
import { complexAck, deviceAnswers, limitsOf } from './peer.js';
import { clientWorld, DEVICE } from './set-up.js';

const FILE = { type: 10, instance: 1 };
const PROPERTIES = [42, 77, 155];

const size: PropertyResult = { property: 42, values: [{ type: 'unsigned', value: 9 }] };
const name: PropertyResult = { property: 77, values: [{ type: 'character-string', text: 'a' }] };
const none: PropertyResult = { property: 155, errorClass: 2, errorCode: 32 };

/** What comes of asking for PROPERTIES when the device answers so, and what it was asked. */
async function answered(results: readonly ReadAccessResult[]) {
  const all = clientWorld({});
  const peer = all.peer(DEVICE, { confirmed: deviceAnswers(7, limitsOf(1476, 0)) });
  const device: Device = await all.run(all.client.device(`7@${DEVICE}`));
  peer.heard.length = 0;
  peer.script = {
    confirmed: (request: ConfirmedRequest) => complexAck(request, encodeReadPropertyMultipleAck({ results })),
  };
  const reply: Reply<unknown> = await all.run(device.readProperties(FILE, PROPERTIES));
  return {
    reply,
    asked: peer.heard.map(({ request }) => decodeReadPropertyMultipleRequest(request.payload)),
  };
}

describe('the properties of one object, asked for at once', () => {
  it('each have a reply, and a refusal of one is not one of the others', async () => {
    const { reply, asked } = await answered([{ object: FILE, properties: [size, name, none] }]);
    expect(asked).to.deep.equal([
      { specs: [{ object: FILE, properties: PROPERTIES.map((property) => ({ property })) }] },
    ]);
    expect(reply).to.deep.equal({
      ok: true,
      value: [
        { ok: true, value: [{ type: 'unsigned', value: 9 }] },
        { ok: true, value: [{ type: 'character-string', text: 'a' }] },
        { ok: false, refusal: { kind: 'error', errorClass: 2, errorCode: 32 } },
      ],
    });
  });

  const whole = [size, name, none];
  for (const [what, results] of [
    ['one property less', [{ object: FILE, properties: whole.slice(1) }]],
    ['one property more', [{ object: FILE, properties: [...whole, { ...none, property: 43 }] }]],
    ['another order', [{ object: FILE, properties: whole.toReversed() }]],
    ['one element of an array', [{ object: FILE, properties: [{ ...size, index: 1 }, name, none] }]],
    ['another object', [{ object: { type: 10, instance: 2 }, properties: whole }]],
    ['another type of object', [{ object: { type: 8, instance: 1 }, properties: whole }]],
    ['two objects', [1, 2].map((instance) => ({ object: { type: 10, instance }, properties: whole }))],
    ['nothing', []],
  ] as const) {
    it(`are not answered with ${what}`, async () => {
      const { reply } = await answered(results);
      expect(reply.ok ? reply : reply.refusal.kind).to.equal('malformed');
    });
  }
});
