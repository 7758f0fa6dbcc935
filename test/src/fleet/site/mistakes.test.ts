// Reading site files. What is defended: each kind of mistake gets its line, what is wrong and what would be right, all
// at once, and no secret is ever repeated. They come from read, yaml, schema, schema-parts, schema-notify,
// schema-faults, cross, values and nearest.

import { expect } from 'chai';
import { mistakeText, parseSite, readSite } from '../../../../src/fleet/site/read.js';
import { isEngineError } from '../../../../src/errors.js';

const TOP = 'site: North\ntime-zone: Europe/Berlin\n';

/** What stands in the file, and each mistake as "line:column key: what => what would be right". */
const MISTAKES: Readonly<Record<string, readonly [text: string, ...mistakes: string[]]>> = {
  'an empty file': [
    '',
    '1:1 the file is empty => keys and values, the first of them "site: NAME"; "bacvault site init" writes an example',
  ],
  'comments alone': [
    '# all of it\n',
    '1:1 the file is empty => keys and values, the first of them "site: NAME"; "bacvault site init" writes an example',
  ],
  'a list': [
    '- a\n',
    '1:1 this is no site file: it is a list => keys and values, the first of them "site: NAME"; "bacvault site init" writes an example',
  ],
  'something else': [
    'hello\n',
    '1:1 this is no site file: it is a text => keys and values, the first of them "site: NAME"; "bacvault site init" writes an example',
  ],
  'no YAML at all': [
    'site: [\n',
    '2:1 this is not YAML: flow sequence in block collection must be sufficiently indented and end with a ] => the same number of spaces before all keys of one block',
  ],
  'a quote without end': [
    `${TOP}a: "x\n`,
    '4:1 this is not YAML: missing closing "quote => the missing sign, or quotes around the whole text',
  ],
  'two keys in a line': [
    `${TOP}a: b: c\n`,
    '3:4 this is not YAML: nested mappings are not allowed in compact mappings => one "key: value" a line, or quotes around a text with ": " in it',
  ],
  'a tab': ['site: a\n\tb: c\n', '2:1 this is not YAML: tabs are not allowed as indentation => spaces'],
  'a key twice': [`${TOP}site: South\n`, '3:1 this key was there before => each key once'],
  'two documents': [
    `${TOP}---\nsite: b\n`,
    '3:1 a second document begins here => one document: no second "---"',
  ],
  'a tag of YAML': [
    `${TOP}x: !secret y\n`,
    '3:4 this is not YAML: unresolved tag: !secret => a value without "!"',
  ],
  'an alias of nothing': [
    `${TOP}network: *net\n`,
    '3:10 nothing before this has the anchor "&net" => quotes around a text that begins with "*", or an anchor "&NAME" before it',
  ],
  'an alias inside of itself': [
    `${TOP}devices: &a [*a]\n`,
    '1:1 an alias stands inside of what it means => keys and values, the first of them "site: NAME"; "bacvault site init" writes an example',
  ],
  'an unknown key, with the nearest known one': [
    `${TOP}rules:\n  n: { what: all, stale_after: 8d }\n`,
    '4:19 rules.n.stale_after: "stale_after" is no key that belongs here => stale-after',
  ],
  'an unknown key that is near to none': [
    `${TOP}network: { color: red }\n`,
    '3:12 network.color: "color" is no key that belongs here => one of local, broadcast, bbmd, ttl, apdu-timeout, retries',
  ],
  'a missing key': [
    `${TOP}rules:\n  n:\n    window: { start: "22:00" }\n`,
    '4:3 rules.n.what: "what" is missing => what: all or { groups: [vav] }',
    '5:5 rules.n.window.stop: "stop" is missing => stop: a text, as "05:00"',
  ],
  'a missing site': [
    'sitee: North\n',
    '1:1 site: "site" is missing => site: a text, as Hospital North',
    '1:1 sitee: "sitee" is no key that belongs here => site',
  ],
  'an empty key': [
    `${TOP}rules:\n`,
    '3:1 rules: nothing stands here => a block of keys, or no such key at all',
  ],
  'wrong types': [
    `site: 7\ndevices: 1201\ndiscovery: []\nlanes: { parallel-lanes: 1.5 }\nrules: { n: { what: all, verify: yes, retention: {} } }\n`,
    '1:7 site: 7 does not belong here => a text, as Hospital North',
    '2:10 devices: 1201 does not belong here => a list',
    '3:1 discovery: this is a list => a block of keys',
    '4:26 lanes.parallel-lanes: 1.5 does not belong here => a whole number, as 16',
    '5:34 rules.n.verify: "yes" does not belong here => true or false, as true',
    '5:39 rules.n.retention: keeps nothing => one of keep-last, keep-daily, keep-weekly, ..., or no retention at all: then all is kept',
  ],
  'numbers out of range': [
    `${TOP}devices: [{ instance: 4194303 }]\nlanes: { frames-per-second: 0 }\n`,
    '3:23 devices.0.instance: 4194303 is too high => at most 4194302',
    '4:29 lanes.frames-per-second: 0 is too low => at least 1',
  ],
  'a word that is none of the choice': [
    `${TOP}rules: { n: { what: everything, unchanged: maybe } }\n`,
    '3:21 rules.n.what: "everything" does not belong here => all or { groups: [vav] }',
    '3:44 rules.n.unchanged: "maybe" does not belong here => backup or skip',
  ],
  'a time without a unit': [
    `${TOP}network: { ttl: "300", apdu-timeout: 5 min }\n`,
    '3:17 network.ttl: "300" has no unit => a whole number with ms, s, m, h or d, as 30m or 8d',
    '3:38 network.apdu-timeout: "5 min" is no length of time => a whole number with ms, s, m, h or d, as 30m or 8d',
  ],
  'bad ranges': [
    `${TOP}discovery: { ranges: [1-10, 5-7, 9-3, a, 5000000] }\n`,
    '3:29 discovery.ranges.1: overlaps 1-10: devices in both would be asked twice => ranges that do not overlap',
    '3:34 discovery.ranges.2: "9-3" ends before it begins => 3-9',
    '3:39 discovery.ranges.3: "a" is no range => a number or a range, as 1201 or 1000-1999',
    '3:42 discovery.ranges.4: 5000000 is more than 4194302, the highest there is => a number or a range, as 1201 or 1000-1999',
  ],
  'names where addresses belong': [
    `${TOP}network: { local: eth0 }\ndevices: [{ instance: 1, address: ahu.example }]\n`,
    '3:19 network.local: local "eth0" is not HOST[:PORT]: HOST "eth0" is not an IPv4 address such as 192.168.1.10 (names are not looked up) => an IPv4 address, as 192.168.1.10 or 192.168.1.10:47808',
    '4:35 devices.0.address: "ahu.example": HOST "ahu.example" is not an IPv4 address such as 192.168.1.10 (names are not looked up) => 192.168.1.20, or 2001:17@192.168.1.1 (network, MAC and router)',
  ],
  'a bad cron line': [
    `${TOP}rules:\n  n: { what: all, cron: 61 2 * * * }\n  m: { what: all, cron: 0 2 * * }\n  k: { what: all, cron: 0 0 30 2 * }\n`,
    '4:25 rules.n.cron: "61 2 * * *" is no cron line (Invalid value for minute: 61) => five fields: minute, hour, day of month, month, day of week, as "0 22 * * *" for 22:00 every day',
    '5:25 rules.m.cron: "0 2 * *" has not five fields => five fields: minute, hour, day of month, month, day of week, as "0 22 * * *" for 22:00 every day',
    '6:25 rules.k.cron: "0 0 30 2 *" never comes about => a day that its month has',
  ],
  'an unknown time zone': [
    'site: a\ntime-zone: Europe/Brelin\n',
    '2:12 time-zone: "Europe/Brelin" is no time zone that is known here => Europe/Berlin',
  ],
  'a time zone that changes nothing': [
    'site: a\ntime-zone: +02:00\n',
    '2:12 time-zone: "+02:00" is no time zone that is known here => an IANA name, as Europe/Berlin, or UTC',
  ],
  'no time zone': [
    'site: a\nrules: { n: { what: all, cron: 0 22 * * * } }\n',
    '2:32 rules.n.cron: nothing says in which time zone this is => time-zone: Europe/Berlin at the top of the file, or in the rule',
  ],
  'a window that is none': [
    `${TOP}rules: { n: { what: all, window: { start: "22:00", stop: "22:00" } }, m: { what: all, window: { start: 9pm, stop: "05:00" } } }\n`,
    '3:58 rules.n.window.stop: the window stops when it starts => another time, or no window at all',
    '3:104 rules.m.window.start: "9pm" is no time of day => hours and minutes from 00:00 to 23:59, as "22:00"',
  ],
  'a rule that begins outside of its window': [
    `${TOP}rules: { n: { what: all, cron: 0 12 * * *, window: { start: "22:00", stop: "05:00" } } }\n`,
    '3:32 rules.n.cron: it begins at 12:00, outside of its window from 22:00 to 05:00 => times in the window, as "0 22 * * *"',
  ],
  'groups, tags and rules that do not exist': [
    `${TOP}groups: { vav: {} }\nrules: { n: { what: { groups: [vaf] }, except: { tags: [fragile] } } }\nnotify: [{ command: [told], rules: [nightly] }]\n`,
    '4:32 rules.n.what.groups.0: there is no group "vaf" => vav',
    '4:57 rules.n.except.tags.0: there is no device with the tag "fragile" => one that this file defines; so far there is none',
    '5:37 notify.0.rules.0: there is no rule "nightly" => one of n',
  ],
  'a selector of nothing': [
    `${TOP}rules: { n: { what: {} } }\n`,
    '3:15 rules.n.what: selects nothing => one of instances, networks, vendors, models, tags, groups',
  ],
  'a name that is none': [
    `${TOP}rules: { a b: { what: all } }\n`,
    '3:10 rules.a b: "a b" is no name: letters, digits, ".", "_" and "-", 40 at most => a short word, as nightly',
  ],
  'a device twice': [
    `${TOP}devices:\n  - instance: 1201\n  - instance: 1201\n`,
    '5:15 devices.1.instance: device 1201 is already there, as entry 1 of devices => one entry with all that is to be said of it',
  ],
  'a network twice': [
    `${TOP}lanes: { networks: [{ network: 1 }, { network: 1 }] }\n`,
    '3:48 lanes.networks.1.network: network 1 is already there => one entry for each network',
  ],
  'passwords in clear': [
    `${TOP}devices:\n  - { instance: 1, password: hunter2 }\n  - { instance: 2, password: 1234 }\n  - { instance: 3, password: { in-clear: hunter2 } }\n`,
    '4:30 devices.0.password: a password stands in clear in this file => file: PATH, env: NAME or command: [PROGRAM], on a line of its own below',
    '5:30 devices.1.password: a password stands in clear in this file => file: PATH, env: NAME or command: [PROGRAM], on a line of its own below',
    '6:42 devices.2.password.in-clear: a password stands in clear in this file => file, env or command; or "passwords-in-clear: allowed" at the top of the file',
  ],
  'a password from two places, or from none': [
    `${TOP}groups: { a: { password: { file: x, env: Y } }, b: { password: {} } }\n`,
    '3:16 groups.a.password: the password says file and env => exactly one of file, env, command, in-clear',
    '3:54 groups.b.password: the password says none of them => exactly one of file, env, command, in-clear',
  ],
  'a password that is no text': [
    'site: a\npasswords-in-clear: allowed\ngroups: { a: { password: { in-clear: 1234 } } }\n',
    '3:38 groups.a.password.in-clear: a password stands in clear in this file => file: PATH, env: NAME or command: [PROGRAM], on a line of its own below',
  ],
  'a tag that is none': [
    `${TOP}devices: [{ instance: 1, tags: [Big] }]\n`,
    '3:33 devices.0.tags.0: a tag is 1 to 40 of a-z, 0-9 and -, and does not begin with - => a word of lower-case letters, digits and "-", as as-built',
  ],
  'secrets that would go over the network in clear': [
    `${TOP}notify:\n  - mqtt: { broker: mqtt://b.example, topic: a, user: u, password: { env: P } }\n  - webhook: { url: http://10.0.0.5/h, bearer: { env: T } }\n  - mqtt: { broker: mqtt://127.0.0.1, topic: a, user: u, password: { env: P } }\n  - webhook: { url: "http://[::1]:80/h", bearer: { env: T } }\n  - mqtt: { broker: mqtt://b.example, topic: a }\n  - mail: { to: [a@b], from: a@b, server: smtp://m.example, user: u, password: { env: P } }\n`,
    '4:21 notify.0.mqtt.broker: the password would be sent in clear to another computer => mqtts://HOST[:PORT], or a broker on this computer',
    '5:21 notify.1.webhook.url: the token would be sent in clear to another computer => https://HOST[:PORT], or a server on this computer',
  ],
  notifications: [
    `${TOP}notify:\n  - webhook: { url: ftp://x }\n  - mail: {}\n  - mqtt: { broker: mqtt://u:p@h, topic: a/#, user: x }\n  - when: sometimes\n    command: [told]\n  - command: prog\n  - command: []\n  - when: always\n`,
    '4:21 notify.0.webhook.url: "ftp://x" is not of a kind that belongs here => https://HOST[:PORT] or http://HOST[:PORT]',
    '5:5 notify.1.mail.to: "to" is missing => to: a list, as [team@example.org]',
    '5:5 notify.1.mail.from: "from" is missing => from: a text, as bacvault@example.org',
    '5:5 notify.1.mail.server: "server" is missing => server: a text, as "smtp://mail.example.org:587"',
    '6:21 notify.2.mqtt.broker: the URL has a user or a password in it => mqtts://HOST[:PORT] or mqtt://HOST[:PORT], and user and password as keys of their own',
    '6:42 notify.2.mqtt.topic: a topic to publish to has no "#" and no "+" => a text, as bacvault/north',
    '6:53 notify.2.mqtt.user: a user without a password => both, or none',
    '7:11 notify.3.when: "sometimes" does not belong here => always or problems',
    '9:14 notify.4.command: "prog" does not belong here => a list, as [/usr/local/bin/program, argument]',
    '10:5 notify.5.command.0: this is empty => a list, as [/usr/local/bin/program, argument]',
    '11:5 notify.6: the notification says none of them => exactly one of command, webhook, mail, mqtt',
  ],
};

describe('a site file with mistakes', () => {
  for (const [kind, [text, ...expected]] of Object.entries(MISTAKES)) {
    it(`says of ${kind} the line, what is wrong, and what would be right`, () => {
      const { mistakes } = readSite(text);
      const found = mistakes.map(
        ({ line, column, key, what, instead }) =>
          `${line}:${column} ${key === '' ? '' : `${key}: `}${what} => ${instead}`,
      );
      expect(found).to.deep.equal(expected);
      expect(JSON.stringify(mistakes)).to.not.contain('hunter2').and.to.not.contain('1234');
    });
  }

  it('is refused as a whole, with every mistake where editors find it', () => {
    let thrown: unknown;
    try {
      parseSite('sitee: a\nrules: 5\n', 'north.yaml');
    } catch (error) {
      thrown = error;
    }
    expect(isEngineError(thrown, 'site-file')).to.equal(true);
    expect((thrown as Error).message.split('\n')).to.deep.equal([
      'north.yaml has 3 mistakes:',
      '  north.yaml:1:1: site: "site" is missing. Right would be: site: a text, as Hospital North.',
      '  north.yaml:1:1: sitee: "sitee" is no key that belongs here. Right would be: site.',
      '  north.yaml:2:8: rules: 5 does not belong here. Right would be: a block of keys.',
    ]);
    expect(mistakeText({ line: 3, column: 4, key: '', what: 'w', instead: 'i' }, 'f')).to.equal(
      'f:3:4: w. Right would be: i.',
    );
  });
});
