// The registry of quirks (index) and how a user writes them (kind, answer-text, requests): every quirk has
// a file, a name, a sentence, and refuses values that it cannot take.

import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { QuirkError, quirkNamed, quirks } from '../../../../simulator/index.js';
import { answerFromText } from '../../../../simulator/device/quirks/answer-text.js';
import { Limit, wholeNumber, withLimit } from '../../../../simulator/device/quirks/kind.js';
import { bench, octets, quirkyBench, ramp, stream } from '../../support.js';

const NOT_QUIRKS = ['index', 'kind', 'answer-text', 'requests'];

describe('quirks', () => {
  it('are listed by the names of their files, each once, in order', () => {
    const folder = new URL('../../../../simulator/device/quirks/', import.meta.url);
    const files = readdirSync(folder)
      .filter((name) => /^[a-z-]+\.(ts|js)$/.test(name))
      .map((name) => name.replace(/\.[tj]s$/, ''));
    expect(quirks.map((quirk) => quirk.name)).to.deep.equal(
      files.filter((name) => !NOT_QUIRKS.includes(name)).sort(),
    );
  });

  it('say in one sentence what they do', () => {
    for (const quirk of quirks) expect(quirk.summary, quirk.name).to.match(/^[A-Z].{20,}\.$/);
  });

  it('take no value that is nonsense, and say so under their name', () => {
    for (const { name } of quirks)
      expect(() => quirkNamed(name, '?!'), name).to.throw(QuirkError, `quirk ${name}`);
  });

  it('that do not exist are refused', () => {
    expect(() => quirkNamed('no-such')).to.throw(QuirkError, 'there is no quirk "no-such"');
  });

  it('without a value can all be made, but for the one that needs it', () => {
    for (const { name } of quirks) {
      if (name === 'property-missing')
        expect(() => quirkNamed(name)).to.throw(QuirkError, 'needs a property');
      else expect(quirkNamed(name)).to.have.property('summary');
    }
  });

  it('have a state of their own for every device', () => {
    const [one, two] = [quirkNamed('zero-octets', '1'), quirkNamed('zero-octets', '1')];
    expect(one).to.not.equal(two);
  });

  it('leave alone what does not decode', async () => {
    const all = quirks.filter(
      (q) =>
        ![
          'multiple-refused',
          'start-refused',
          'reads-refused',
          'writes-refused',
          'create-refused',
          'end-refused',
          'property-missing',
          'restarts-after-reads',
          'slow-answers',
          'lost-ack',
          'silent-after-writes',
          'silent-after-reads',
        ].includes(q.name),
    );
    const quirky = quirkyBench(
      all.map((q) => q.name),
      { files: [stream(1, ramp(5))] },
    );
    const plain = bench({ files: [stream(1, ramp(5))] });
    for (const service of [6, 7, 10, 12, 14, 15, 20]) {
      for (const payload of [octets(), octets(0xff), ramp(9)]) {
        const [one, other] = [
          await quirky.client.ask(service, payload),
          await plain.client.ask(service, payload),
        ];
        expect(one).to.deep.equal(other).and.have.property('kind', 'reject');
      }
    }
  });
});

describe('answers as text', () => {
  const table: [string, object][] = [
    ['DEVICE:CONFIGURATION_IN_PROGRESS', { kind: 'error', errorClass: 0, errorCode: 2 }],
    ['security:password-failure', { kind: 'error', errorClass: 4, errorCode: 26 }],
    ['5:83', { kind: 'error', errorClass: 5, errorCode: 83 }],
    ['reject:9', { kind: 'reject', reason: 9 }],
    ['reject:unrecognized-service', { kind: 'reject', reason: 9 }],
    ['abort:OUT_OF_RESOURCES', { kind: 'abort', reason: 9 }],
    ['silence', { kind: 'silence' }],
  ];
  for (const [text, answer] of table) {
    it(`understand ${text}`, () => expect(answerFromText(text)).to.deep.equal(answer));
  }

  it('refuse what is none', () => {
    for (const text of ['', 'DEVICE', 'DEVICE:', 'DEVICE:NO_SUCH', 'nobody:2', 'reject:-1', '1:2:3', 'abort'])
      expect(() => answerFromText(text), text).to.throw(QuirkError);
  });
});

describe('values of quirks', () => {
  it('are whole numbers from a least one up', () => {
    expect(wholeNumber(undefined, 7)).to.equal(7);
    expect(wholeNumber('0', 7)).to.equal(0);
    for (const text of ['', '-1', '1.5', '1e3', 'x', '99999999999'])
      expect(() => wholeNumber(text, 7), text).to.throw(QuirkError);
    expect(() => wholeNumber('0', 7, 1)).to.throw(QuirkError, 'from 1 up');
  });

  it('end after so many times, or so many seconds after the first', () => {
    const times = new Limit(2);
    expect([0, 0, 0].map((now) => times.take(now))).to.deep.equal([true, true, false]);
    const seconds = new Limit(Infinity, 1000);
    expect([500, 1499, 1500, 1499].map((now) => seconds.take(now))).to.deep.equal([true, true, false, true]);
  });

  it('may carry such an end: "VALUE*TIMES" and "VALUE@SECONDS"', () => {
    expect(withLimit('a:b')[0]).to.equal('a:b');
    const [value, limit] = withLimit('a:b*1');
    expect([value, limit.take(0), limit.take(0)]).to.deep.equal(['a:b', true, false]);
    const [none, brief] = withLimit('@2');
    expect([none, brief.take(0), brief.take(2000)]).to.deep.equal([undefined, true, false]);
    expect(() => withLimit('a*0')).to.throw(QuirkError);
    expect(() => withLimit('a@x')).to.throw(QuirkError);
  });
});
