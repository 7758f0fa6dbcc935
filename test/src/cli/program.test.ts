// The program as a whole: help, version, and command lines that do not parse.

import { expect } from 'chai';
import { VERBS } from '../../../src/cli/program.js';
import { fakeEngine, fakeIo, type Ran, ran } from './fakes.js';

function bacvault(...args: string[]): Promise<Ran> {
  return ran(args, fakeIo(), fakeEngine());
}

describe('program', () => {
  it('prints its version on stdout', async () => {
    expect(await bacvault('--version')).to.include({ status: 0, out: '1.2.3\n', err: '' });
  });

  it('lists every command in its help', async () => {
    const { status, out, err } = await bacvault('help');
    expect({ status, err }).to.deep.equal({ status: 0, err: '' });
    for (const { name, summary } of VERBS) expect(out).to.contain(name).and.to.contain(summary);
  });

  for (const { name, examples, summary, description } of VERBS) {
    it(`helps with ${name}: what it does, options and an example`, async () => {
      const { status, out } = await bacvault('help', name);
      expect(status).to.equal(0);
      expect(out).to.contain(`Usage: bacvault ${name}`).and.to.contain('--json');
      expect(examples).to.not.be.empty;
      for (const { line } of examples) {
        expect(line).to.match(new RegExp(`^bacvault ${name}\\b`));
        expect(out).to.contain(line);
      }
      expect(summary).to.match(/^[a-z].*[^.]$/);
      expect(description).to.match(/^[A-Z][\s\S]*\.$/);
      expect((await bacvault(name, '--help')).out).to.equal(out);
    });

    it(`knows every option in the examples of ${name}`, async () => {
      for (const { line } of examples) {
        const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)]
          .slice(1)
          .map((match) => match[1] ?? match[2] ?? '');
        const io = fakeIo({
          files: { 'reinit.txt': 'x' },
          env: { REINIT: 'x' },
          terminal: true,
          typed: ['1201'],
        });
        const { err } = await ran(args, io, fakeEngine());
        expect(err, line).to.not.match(/unknown|invalid|argument|not parse/);
      }
    });
  }

  it('ends with 2 and a hint when the command line does not parse, also as JSON', async () => {
    const cases = [
      ['frobnicate'],
      ['backup', '1201', '--nope'],
      ['images', '1', '2'],
      ['--repo', 'x', 'images'],
    ];
    for (const args of cases) {
      const result = await bacvault(...args);
      expect(result.status, args.join(' ')).to.equal(2);
      expect(result.out, args.join(' ')).to.equal('');
      expect(result.err, args.join(' ')).to.match(/^bacvault: .*\n/);
    }
    const json = await bacvault('backup', '--json');
    expect(json.lines()).to.have.length(1);
    expect(json.lines()[0]).to.include({ kind: 'error', code: 'usage', exitCode: 2 });
  });

  it('says where options belong when one comes first', async () => {
    expect((await bacvault('--repo', 'x', 'images')).err).to.contain('Options come after the command.');
  });

  it('suggests the command that was meant', async () => {
    expect((await bacvault('bakcup')).err).to.contain('(Did you mean backup?)');
  });

  it('shows the help on stderr and ends with 2 when no command is given', async () => {
    const { status, out, err } = await bacvault();
    expect({ status, out }).to.deep.equal({ status: 2, out: '' });
    expect(err).to.contain('Usage: bacvault');
  });

  it('does not take an unknown command for help', async () => {
    const { status, out, err } = await bacvault('help', 'frobnicate');
    expect({ status, out }).to.deep.equal({ status: 2, out: '' });
    expect(err).to.contain('Usage: bacvault');
  });

  it('uses no words towards users that the field reads in two ways', async () => {
    for (const { name } of VERBS) {
      expect((await bacvault('help', name)).out, name).to.not.match(/upload|download|device id\b|bytes\b/i);
    }
  });
});
