// Lines on stderr.

import { expect } from 'chai';

import { consoleLog } from '../../../src/io/console-log.js';
import type { LogLevel } from '../../../src/ports.js';

describe('the console log', () => {
  const logged = (level?: LogLevel): string[] => {
    const lines: string[] = [];
    const log = consoleLog(level, (line) => lines.push(line));
    for (const each of ['error', 'warn', 'info', 'debug'] as const) log.log(each, `a ${each} message`);
    return lines;
  };

  it('writes one line for each message of its level and of the more serious ones', () => {
    expect(logged('info')).to.deep.equal([
      'error: a error message\n',
      'warn: a warn message\n',
      'info: a info message\n',
    ]);
    expect(logged()).to.have.length(2);
    expect(logged('error')).to.have.length(1);
  });

  it('writes details of every kind and never fails on one', () => {
    const lines: string[] = [];
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    consoleLog('debug', (line) => lines.push(line)).log('debug', 'What', {
      count: 3,
      absent: undefined,
      error: new TypeError('no'),
      address: { link: '127.0.0.1:1' },
      loop,
    });
    expect(lines).to.deep.equal([
      'debug: What (count 3, error TypeError: no, address {"link":"127.0.0.1:1"}, loop [object Object])\n',
    ]);
  });
});
