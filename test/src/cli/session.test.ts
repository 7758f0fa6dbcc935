// One run of a command: what it opens it closes, what fails it says once.

import { expect } from 'chai';
import { Session } from '../../../src/cli/session.js';
import { EngineError } from '../../../src/index.js';
import { fakeDevice, fakeEngine, fakeIo } from './fakes.js';

describe('session', () => {
  it('closes client and repository when the work fails, and passes the failure on', async () => {
    const engine = fakeEngine();
    const session = new Session(fakeIo(), engine, 'backup', {});
    const failure = new EngineError('device-silent', 'x');
    const caught = await session
      .withRepository({}, () => session.withClient({}, () => Promise.reject(failure)))
      .catch((error: unknown) => error);
    expect(caught).to.equal(failure);
    expect(engine.calls.map(([name]) => name).slice(-2)).to.deep.equal(['close client', 'close repository']);
  });

  it('gives the log of the command to everything it opens', async () => {
    const io = fakeIo();
    const engine = fakeEngine();
    const session = new Session(io, engine, 'backup', { logLevel: 'info' });
    await session.withRepository({}, () => session.withClient({}, () => Promise.resolve()));
    const [[, repository]] = engine.argumentsOf('openRepository') as [
      [string, { log: Session['output']['log'] }],
    ];
    const [client] = engine.argumentsOf('openClient') as [{ log: Session['output']['log'] }];
    repository.log.log('info', 'from the repository');
    client.log.log('debug', 'not asked for');
    expect(io.stderr.text).to.equal('info: from the repository\n');
  });

  it('gives the terminal back when a procedure fails', async () => {
    const io = fakeIo({ terminal: true });
    const session = new Session(io, fakeEngine(), 'backup', {});
    await session.procedure(fakeDevice(7), () => Promise.reject(new Error('x'))).catch(() => undefined);
    const before = io.stderr.text;
    session.output.say('after');
    expect(io.stderr.text).to.equal(`${before}after\n`);
  });

  it('says when a procedure that succeeded stays in the journal', async () => {
    const io = fakeIo();
    const session = new Session(io, fakeEngine(), 'backup', { quiet: true });
    await session.procedure(fakeDevice(7), () =>
      Promise.resolve({ openEntry: { entry: 'x', problem: 'no disk' } }),
    );
    expect(io.stderr.text).to.contain('warning: device 7 stays in the journal: no disk.');
  });

  it('says an error in words, and with --json as an object too, and gives its status', () => {
    const io = fakeIo();
    const session = new Session(io, fakeEngine(), 'verify', { json: true });
    expect(session.fail(new EngineError('not-verified', 'Different.'))).to.equal(17);
    expect(io.stdout.text).to.match(/^\{"kind":"error","code":"not-verified",.*\}\n$/);
    expect(io.stderr.text).to.contain('bacvault: Different.');
  });

  it('takes several devices only when each is named once', () => {
    const session = new Session(fakeIo(), fakeEngine(), 'backup', {});
    expect(session.targets(['1', '2@10.0.0.9']).map((target) => target.instance)).to.deep.equal([1, 2]);
    expect(() => session.targets(['1', '1@10.0.0.9'])).to.throw(EngineError, 'Device 1 is named twice.');
  });
});
