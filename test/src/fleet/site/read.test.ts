// A right site file. What is defended: it becomes exactly what it says (read, yaml, convert), defaults and all.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseSite } from '../../../../src/fleet/site/read.js';
import { projectRoot } from '../../../support/sources.js';

describe('a right site file', () => {
  it('with its name alone has every default', () => {
    expect(parseSite('site: Hospital North\n')).to.deep.equal({
      name: 'Hospital North',
      network: {},
      discovery: { ranges: [{ low: 0, high: 4_194_302 }], repeats: 2, pauseMs: 3000 },
      devices: [],
      groups: [],
      rules: [],
      lanes: {
        transfersPerNetwork: 1,
        parallelLanes: 32,
        directDevices: 8,
        framesPerSecond: 20,
        networks: [],
      },
      notify: [],
    });
    expect(parseSite('site: a\nrules: { n: { what: all } }\n').rules).to.deep.equal([
      {
        name: 'n',
        what: {},
        timeZone: 'UTC',
        pacing: {},
        retries: 2,
        staleAfterMs: 691_200_000,
        tags: [],
        unchanged: 'backup',
        verify: false,
      },
    ]);
  });

  it('becomes what it says', () => {
    const site = parseSite(`
site: North
time-zone: Europe/Berlin
passwords-in-clear: allowed
network: { local: 192.168.1.10, bbmd: 10.1.0.5:47809, broadcast: 192.168.1.255, ttl: 5m, apdu-timeout: 6s, retries: 2 }
discovery: { ranges: [1-999, 2000], networks: [2001], repeats: 3, pause: 500ms }
devices:
  - { instance: 1201, address: 2001:17@192.168.1.1, name: AHU-3, tags: [critical], password: { in-clear: "0042" } }
  - { instance: 1202, address: 10.0.0.9 }
groups:
  vav: { networks: [2001-2020, 0], vendors: [7, "Siemens*"], models: [PXC], password: { command: [pass, show, vav] } }
rules:
  nightly:
    what: { groups: [vav], instances: [5] }
    except: { tags: [critical] }
    cron: " 0 22 * * 1-5 "
    time-zone: America/New_York
    window: { start: 22:00, stop: 05:30 }
    pacing: { frames-per-second: 5, parallel-lanes: 4, reads: gentle }
    retries: 0
    retention: { keep-last: 3, keep-within: 1y6m, keep-tag: [as-built] }
    stale-after: 36h
    tags: [nightly]
    unchanged: skip
    verify: true
lanes: { transfers-per-network: 2, parallel-lanes: 10, direct-devices: 4, frames-per-second: 15, networks: [{ network: 9, transfers: 1 }, { network: 3, frames-per-second: 5 }] }
notify:
  - { command: [told, -x], when: problems, rules: [nightly], time-limit: 5s }
  - webhook: { url: "https://example.org/hook", bearer: { env: TOKEN } }
  - mail: { to: [a@example.org], from: b@example.org, server: "smtps://mail.example.org", user: u, password: { file: p } }
  - mqtt: { broker: "mqtt://127.0.0.1", topic: a/b, retain: true }
`);
    expect(site.network).to.deep.equal({
      local: '192.168.1.10',
      broadcast: '192.168.1.255',
      bbmd: '10.1.0.5:47809',
      ttlSeconds: 300,
      apduTimeoutMs: 6000,
      retries: 2,
    });
    expect(site.discovery).to.deep.equal({
      ranges: [
        { low: 1, high: 999 },
        { low: 2000, high: 2000 },
      ],
      networks: [2001],
      repeats: 3,
      pauseMs: 500,
    });
    expect(site.devices).to.deep.equal([
      {
        instance: 1201,
        address: '2001:17@192.168.1.1:47808',
        name: 'AHU-3',
        password: { kind: 'clear', password: '0042' },
        tags: ['critical'],
      },
      { instance: 1202, address: '10.0.0.9:47808', tags: [] },
    ]);
    expect(site.groups).to.deep.equal([
      {
        name: 'vav',
        select: {
          networks: [
            { low: 2001, high: 2020 },
            { low: 0, high: 0 },
          ],
          vendors: [7, 'Siemens*'],
          models: ['PXC'],
        },
        password: { kind: 'command', command: ['pass', 'show', 'vav'] },
      },
    ]);
    expect(site.rules).to.deep.equal([
      {
        name: 'nightly',
        what: { instances: [{ low: 5, high: 5 }], groups: ['vav'] },
        except: { tags: ['critical'] },
        cron: '0 22 * * 1-5',
        timeZone: 'America/New_York',
        window: { startMinute: 1320, stopMinute: 330 },
        pacing: { framesPerSecond: 5, parallelLanes: 4, reads: 'gentle' },
        retries: 0,
        retention: {
          last: 3,
          within: { years: 1, months: 6, days: 0, hours: 0 },
          tags: ['as-built'],
          timeZone: 'America/New_York',
        },
        staleAfterMs: 129_600_000,
        tags: ['nightly'],
        unchanged: 'skip',
        verify: true,
      },
    ]);
    expect(site.lanes).to.deep.equal({
      transfersPerNetwork: 2,
      parallelLanes: 10,
      directDevices: 4,
      framesPerSecond: 15,
      networks: [
        { network: 3, framesPerSecond: 5 },
        { network: 9, transfers: 1 },
      ],
    });
    expect(site.notify).to.deep.equal([
      {
        when: 'problems',
        rules: ['nightly'],
        channel: { kind: 'command', command: ['told', '-x'] },
        timeLimitMs: 5000,
      },
      {
        when: 'always',
        channel: { kind: 'webhook', url: 'https://example.org/hook', bearer: { kind: 'env', name: 'TOKEN' } },
        timeLimitMs: 30_000,
      },
      {
        when: 'always',
        channel: {
          kind: 'mail',
          to: ['a@example.org'],
          from: 'b@example.org',
          server: 'smtps://mail.example.org',
          user: 'u',
          password: { kind: 'file', path: 'p' },
        },
        timeLimitMs: 30_000,
      },
      {
        when: 'always',
        channel: { kind: 'mqtt', broker: 'mqtt://127.0.0.1', topic: 'a/b', retain: true },
        timeLimitMs: 30_000,
      },
    ]);
  });

  it('may use the anchors of YAML', () => {
    const { groups } = parseSite(
      'site: a\ngroups: { a: { password: &p { env: X } }, b: { password: *p } }\n',
    );
    expect(groups.map(({ password }) => password)).to.deep.equal([
      { kind: 'env', name: 'X' },
      { kind: 'env', name: 'X' },
    ]);
  });

  it('is what docs/sites.md shows', () => {
    const [, example = ''] =
      /```yaml\n([^]*?)```/.exec(readFileSync(join(projectRoot, 'docs', 'sites.md'), 'utf8')) ?? [];
    const site = parseSite(example);
    expect(site.rules.map(({ name }) => name)).to.deep.equal(['nightly', 'weekly']);
    expect(site.notify.map(({ channel }) => channel.kind)).to.deep.equal([
      'mail',
      'mqtt',
      'webhook',
      'command',
    ]);
  });
});
