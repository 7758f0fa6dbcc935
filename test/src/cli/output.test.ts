// The three channels: results, progress, log.

import { expect } from 'chai';
import { jsonLine, Output } from '../../../src/cli/output.js';
import { fakeIo } from './fakes.js';

describe('output', () => {
  it('makes of many results only what is asked for, however many they are', () => {
    const many = Array.from({ length: 200_000 }, () => ({ kind: 'a' }));
    const json = fakeIo();
    new Output(json, { json: true }).results(
      () => expect.fail('no text is asked for'),
      many,
      (one) => one,
    );
    expect(json.stdout.text).to.have.length(200_000 * '{"kind":"a"}\n'.length);
    const text = fakeIo();
    new Output(text, {}).results(
      () => 'hello\n',
      many,
      () => expect.fail('no objects are'),
    );
    expect(text.stdout.text).to.equal('hello\n');
  });

  it('puts results on stdout as text, or as one JSON object a line', () => {
    const text = fakeIo();
    new Output(text, {}).result('hello\n', { kind: 'a' });
    expect(text.stdout.text).to.equal('hello\n');
    const json = fakeIo();
    new Output(json, { json: true }).result('hello\n', { kind: 'a' }, { kind: 'b' });
    expect(json.stdout.text).to.equal('{"kind":"a"}\n{"kind":"b"}\n');
    expect(text.stderr.text + json.stderr.text).to.equal('');
  });

  it('silences progress with --quiet, but not what must be read', () => {
    const io = fakeIo();
    const output = new Output(io, { quiet: true });
    output.note('progress');
    output.say('warning');
    expect(io.stderr.text).to.equal('warning\n');
  });

  it('shows the log down to the level asked for, on stderr, from "warn" by default', () => {
    const io = fakeIo();
    const { log } = new Output(io, {});
    log.log('error', 'one');
    log.log('warn', 'two', { device: 7, octets: new Uint8Array([1, 255]) });
    log.log('info', 'three');
    new Output(io, { logLevel: 'debug' }).log.log('debug', 'four\u001b[2J');
    expect(io.stderr.text).to.equal(
      'error: one\nwarn: two {"device":7,"octets":"01ff"}\ndebug: four\\x1b[2J\n',
    );
    expect(io.stdout.text).to.equal('');
  });

  it('never prints a password, whoever put it into details', () => {
    const io = fakeIo();
    new Output(io, {}).log.log('error', 'x', { password: 'secret', nested: { Password: 'secret' } });
    expect(
      io.stderr.text + jsonLine({ kind: 'a', passwordUsed: true, password: 'secret' } as never),
    ).to.not.contain('secret');
    expect(jsonLine({ kind: 'a', passwordUsed: true } as never)).to.equal(
      '{"kind":"a","passwordUsed":true}\n',
    );
  });

  it('writes what JSON has no word for as text', () => {
    const odd = { kind: 'a', big: 12345678901234567890n, why: new RangeError('no') };
    expect(jsonLine(odd)).to.equal('{"kind":"a","big":"12345678901234567890","why":"RangeError: no"}\n');
  });

  it('lets a live line step aside for everything that is written', () => {
    const io = fakeIo();
    const output = new Output(io, {});
    const steps: string[] = [];
    output.setLive({
      hide: () => steps.push(`hide ${io.stderr.text.length}`),
      show: () => steps.push(`show ${io.stderr.text.length}`),
    });
    output.say('12345');
    expect(steps).to.deep.equal(['hide 0', 'show 6']);
  });
});
