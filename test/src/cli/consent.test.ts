// consent: a device instance, typed or given, and nothing else, lets a command change a device.

import { expect } from 'chai';
import { agree, refuseWithoutConsent } from '../../../src/cli/consent.js';
import { Session } from '../../../src/cli/session.js';
import { EngineError } from '../../../src/index.js';
import { fakeEngine, fakeIo, type FakeIoOptions } from './fakes.js';

const session = (options: FakeIoOptions = {}): Session =>
  new Session(fakeIo(options), fakeEngine(), 'restore', {});
const words = { shown: 'this', question: 'Type it: ', refusal: 'nothing was done.' };

describe('consent', () => {
  it('must be possible, and for this device', () => {
    expect(() => refuseWithoutConsent(session(), 7, undefined, 'restore device 7')).to.throw(
      EngineError,
      'Nobody can be asked here: give --yes-device 7 to restore device 7. Nothing was sent.',
    );
    expect(() => refuseWithoutConsent(session(), 7, 8, 'x')).to.throw(
      EngineError,
      '--yes-device says 8, but the target is device 7. Nothing was sent.',
    );
    refuseWithoutConsent(session(), 7, 7, 'x');
    refuseWithoutConsent(session({ terminal: true }), 7, undefined, 'x');
  });

  it('is the instance, typed', async () => {
    await agree(session({ terminal: true, typed: [' 7 '] }), 7, undefined, words);
    for (const typed of [['8'], ['yes'], ['']]) {
      const error = await agree(session({ terminal: true, typed }), 7, undefined, words).catch(
        (e: unknown) => e,
      );
      expect(error).to.be.instanceOf(EngineError);
      expect((error as EngineError).message).to.equal(`"${typed[0]}" is not 7: nothing was done.`);
    }
    const ended = await agree(session({ terminal: true }), 7, undefined, words).catch((e: unknown) => e);
    expect((ended as EngineError).message).to.equal('Nothing was typed: nothing was done.');
  });
});
