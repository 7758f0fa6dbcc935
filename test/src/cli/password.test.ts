// The ReinitializeDevice password: from where it may come, what is refused, and that nobody sees it.

import { expect } from 'chai';
import { fakeEngine, fakeIo, type FakeIoOptions, ran } from './fakes.js';

const secret = 'pässwörd 3!';

async function backup(
  args: readonly string[],
  options: FakeIoOptions,
): Promise<{ status: number; err: string; used: unknown; sent: boolean }> {
  const engine = fakeEngine();
  const io = fakeIo(options);
  const { status, err, out } = await ran(['backup', '1201', '--log-level', 'debug', ...args], io, engine);
  expect(err + out).to.not.contain(secret);
  const [call] = engine.argumentsOf('backup') as [unknown, unknown, { password?: string }][];
  return { status, err, used: call?.[2].password, sent: engine.argumentsOf('openClient').length > 0 };
}

describe('password', () => {
  it('is the first line of --password-file, whatever ends the line', async () => {
    for (const text of [secret, `${secret}\n`, `${secret}\r\nmore\r\n`, `\uFEFF${secret}\n`]) {
      const { used } = await backup(['--password-file', 'p.txt'], { files: { 'p.txt': text } });
      expect(used, JSON.stringify(text)).to.equal(secret);
    }
  });

  it('is the value of --password-env', async () => {
    const { used } = await backup(['--password-env', 'REINIT'], { env: { REINIT: secret } });
    expect(used).to.equal(secret);
  });

  it('is none when none is given', async () => {
    expect(await backup([], {})).to.include({ status: 0, used: undefined });
  });

  it('may have 20 characters, counted as people count, and no more; nothing is sent then', async () => {
    const twenty = 'ä'.repeat(19) + '𝕏';
    expect((await backup(['--password-env', 'P'], { env: { P: twenty } })).used).to.equal(twenty);
    const long = await backup(['--password-env', 'P'], { env: { P: `${twenty}1` } });
    expect(long).to.include({ status: 2, sent: false });
    expect(long.err).to.contain('The password in P has 21 characters; BACnet allows at most 20.');
  });

  it('refuses an empty one, a missing file, an unset variable and a file that is not UTF-8', async () => {
    const cases: [string[], FakeIoOptions, string][] = [
      [['--password-file', 'p'], { files: { p: '\nsecond' } }, 'The password in p is empty.'],
      [['--password-file', 'p'], {}, 'The password file p cannot be read.'],
      [['--password-env', 'P'], {}, 'The environment variable P is not set.'],
      [
        ['--password-file', 'p'],
        { files: { p: 'a\u0000b\u0000' } },
        'The password file p is not text in UTF-8.',
      ],
      [['--password-file', 'p', '--password-env', 'P'], {}, 'cannot be used with'],
    ];
    for (const [args, options, message] of cases) {
      const result = await backup(args, options);
      expect(result, message).to.include({ status: 2, sent: false });
      expect(result.err).to.contain(message);
    }
  });

  it('warns when others can read the file', async () => {
    const { err } = await backup(['--password-file', 'p'], { files: { p: secret }, readableByOthers: true });
    expect(err).to.contain('warning: others on this computer can read p.');
  });

  it('has no option that takes it in the command line', async () => {
    expect(await backup(['--password', secret.slice(0, 5)], {})).to.include({ status: 2, sent: false });
  });
});
