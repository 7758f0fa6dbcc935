// Telling over TLS (webhook, mail, mqtt), against real servers on the loopback with certificates of fixtures/tls. What is
// defended: it arrives encrypted when the certificate is right, and nothing arrives, no password least of all, when nobody
// vouches for it or it is that of another host.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import { join } from 'node:path';
import { createServer as createTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { expect } from 'chai';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { messengers } from '../../../../src/io/notify/messengers.js';
import { projectRoot } from '../../../support/sources.js';
import { listening } from './listening.js';

const TLS = join(projectRoot, 'fixtures', 'tls');
const LOGIN = { user: 'bacvault', password: 's3cret' };
const LIMIT = { timeLimitMs: 20_000 };

const read = (name: string): string => readFileSync(join(TLS, name), 'utf8');

/** Servers that show one certificate, and what reached them. */
class Servers {
  readonly reached: string[] = [];
  readonly #options: { readonly key: string; readonly cert: string };
  readonly #closers: (() => Promise<unknown>)[] = [];

  constructor(certificate: string) {
    this.#options = { key: read('server.key.pem'), cert: read(certificate) };
  }

  async hook(): Promise<string> {
    const server = createHttps(this.#options, (request, response) => {
      this.reached.push(`hook ${request.headers.authorization ?? ''}`);
      response.end();
    });
    this.#closers.push(() => new Promise((resolve) => server.close(resolve)));
    return `https://127.0.0.1:${await listening(server)}/`;
  }

  async broker(): Promise<string> {
    const broker = await Aedes.createBroker();
    broker.authenticate = (_client, user, password, done) => {
      this.reached.push(`broker ${user ?? ''} ${String(password)}`);
      done(null, true);
    };
    const server = createTls(this.#options, (socket) => void broker.handle(socket));
    this.#closers.push(
      () => new Promise<void>((resolve) => broker.close(resolve)),
      () => new Promise((resolve) => server.close(resolve)),
    );
    return `mqtts://127.0.0.1:${await listening(server)}`;
  }

  /** `options`: encrypted from the beginning, or by STARTTLS, which is the default. */
  async mail(options: SMTPServerOptions, host = '127.0.0.1'): Promise<string> {
    const server = new SMTPServer({
      ...this.#options,
      onAuth: ({ username = '', password = '' }, { secure }, done) => {
        this.reached.push(`mail ${username} ${password} ${secure ? 'encrypted' : 'IN CLEAR'}`);
        done(null, { user: username });
      },
      ...options,
    });
    server.on('error', () => undefined);
    this.#closers.push(() => new Promise<void>((resolve) => server.close(resolve)));
    return `${options.secure === true ? 'smtps' : 'smtp'}://${host}:${await listening(server.server)}`;
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}

const MAIL = {
  from: 'a@example.org',
  to: ['b@example.org'],
  subject: 's',
  text: 't',
  login: LOGIN,
  ...LIMIT,
};

/** All four ways to these servers, in a process that knows our authority, or does not. */
async function told(servers: Servers, knowsAuthority: boolean): Promise<string[]> {
  const tellings = [
    ['post', { url: await servers.hook(), json: '{}', bearer: 't0ken', ...LIMIT }],
    [
      'publish',
      { broker: await servers.broker(), topic: 't', json: '{}', retain: false, login: LOGIN, ...LIMIT },
    ],
    ['mail', { server: await servers.mail({ secure: true }), ...MAIL }],
    ['mail', { server: await servers.mail({}), ...MAIL }],
  ];
  const built = fileURLToPath(new URL('telling-process.js', import.meta.url));
  const script = existsSync(built) ? built : built.replace(/\.js$/, '.ts');
  const child = spawn(process.execPath, [...process.execArgv, script, JSON.stringify(tellings)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: knowsAuthority ? join(TLS, 'ca.pem') : '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) out += String(chunk);
  await servers.close();
  return JSON.parse(out) as string[];
}

describe('telling over TLS', function () {
  // Real processes, on a machine that has much else to do.
  this.timeout(60_000);

  it('reaches servers whose certificate is right, encrypted', async () => {
    const servers = new Servers('own.pem');
    expect(await told(servers, true)).to.deep.equal(Array(4).fill('told'));
    expect(servers.reached.sort()).to.deep.equal([
      'broker bacvault s3cret',
      'hook Bearer t0ken',
      'mail bacvault s3cret encrypted',
      'mail bacvault s3cret encrypted',
    ]);
  });

  it('gives nothing to a server for whose certificate nobody vouches', async () => {
    const servers = new Servers('own.pem');
    for (const outcome of await told(servers, false)) expect(outcome).to.match(/certificate/i);
    expect(servers.reached).to.deep.equal([]);
  });

  it('gives nothing to a server with the certificate of another host', async () => {
    const servers = new Servers('elsewhere.pem');
    for (const outcome of await told(servers, true)) expect(outcome).to.match(/does not match/i);
    expect(servers.reached).to.deep.equal([]);
  });

  it('tells no mail server a password that offers no encryption, if it may be another computer', async () => {
    const servers = new Servers('own.pem');
    const open = { disabledCommands: ['STARTTLS'], allowInsecureAuth: true };
    const server = await servers.mail(open, '[::ffff:127.0.0.1]');
    const outcome = await messengers()
      .mail({ server, ...MAIL })
      .then(
        () => 'told',
        (error: unknown) => String(error),
      );
    await servers.close();
    expect(outcome).to.match(/STARTTLS/i);
    expect(servers.reached).to.deep.equal([]);
  });
});
