// Ways to tell somebody, against real servers on the loopback: HTTP, SMTP and MQTT. What is defended (webhook, mail, mqtt,
// time-limit): what was taken arrived whole, what was not taken rejects, and a token follows no redirection.

import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createTcp, type Server as TcpServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { expect } from 'chai';
import { SMTPServer } from 'smtp-server';
import { messengers } from '../../../../src/io/notify/messengers.js';
import { listening } from './listening.js';

const LIMIT = { timeLimitMs: 5000 };
const LONG = 'ä'.repeat(50_000);

async function problem(work: Promise<void>): Promise<string> {
  return work.then(
    () => 'none',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe('a webhook', () => {
  let server: Server;
  let port: number;
  const asked: {
    readonly url: string;
    readonly type: string;
    readonly bearer: string;
    readonly body: string;
  }[] = [];
  before(async () => {
    server = createHttp((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        asked.push({ url, type: headers['content-type'] ?? '', bearer: headers.authorization ?? '', body });
        if (url === '/moved') response.writeHead(302, { location: '/hook' });
        else response.writeHead(url === '/hook' ? 204 : 500);
        response.end();
      });
    });
    port = await listening(server);
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  it('gets the JSON and the token', async () => {
    await messengers().post({
      url: `http://127.0.0.1:${port}/hook`,
      json: JSON.stringify(LONG),
      bearer: 't0ken',
      ...LIMIT,
    });
    expect(asked.at(-1)).to.deep.equal({
      url: '/hook',
      type: 'application/json',
      bearer: 'Bearer t0ken',
      body: JSON.stringify(LONG),
    });
  });

  it('with a token is not even asked where others could read it on the way', async () => {
    const refused = await problem(
      messengers().post({ url: 'http://hooks.example.org/h', json: '{}', bearer: 't0ken', ...LIMIT }),
    );
    expect(refused)
      .to.match(/in clear/)
      .and.not.contain('t0ken');
  });

  it('that refuses, or sends on to elsewhere, was not told', async () => {
    expect(
      await problem(messengers().post({ url: `http://127.0.0.1:${port}/broken`, json: '{}', ...LIMIT })),
    ).to.contain('500');
    const before = asked.length;
    expect(
      await problem(
        messengers().post({ url: `http://127.0.0.1:${port}/moved`, json: '{}', bearer: 't', ...LIMIT }),
      ),
    ).to.contain('302');
    expect(asked.length).to.equal(before + 1);
  });
});

describe('a mail', () => {
  let server: SMTPServer;
  let port: number;
  const mails: { readonly to: string[]; readonly text: string; readonly user: string | undefined }[] = [];
  before(async () => {
    server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username = '', password }, _session, done) =>
        password === 's3cret' ? done(null, { user: username }) : done(new Error('no such user')),
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('nobody') ? new Error('unknown recipient') : null),
      onData: (stream, session, done) => {
        let text = '';
        stream.setEncoding('utf8');
        stream.on('data', (chunk: string) => (text += chunk));
        stream.on('end', () => {
          mails.push({
            to: session.envelope.rcptTo.map(({ address }) => address),
            text,
            user: session.user as string | undefined,
          });
          done();
        });
      },
    });
    server.on('error', () => undefined);
    port = await listening(server.server);
  });
  after(() => new Promise<void>((resolve) => server.close(resolve)));
  const mail = (changes: object = {}): Promise<void> =>
    messengers().mail({
      from: 'bacvault@example.org',
      to: ['a@example.org', 'b@example.org'],
      subject: 'bacvault: North, nightly',
      text: 'Device 1201 is NOT protected.\n',
      server: `smtp://127.0.0.1:${port}`,
      ...LIMIT,
      ...changes,
    });

  it('reaches everybody, as text', async () => {
    await mail();
    expect(mails.at(-1)?.to).to.deep.equal(['a@example.org', 'b@example.org']);
    expect(mails.at(-1)?.text)
      .to.contain('Subject: bacvault: North, nightly')
      .and.to.contain('Device 1201 is NOT protected.');
  });

  it('logs in where it has to, and says when it may not', async () => {
    await mail({ login: { user: 'bacvault', password: 's3cret' } });
    expect(mails.at(-1)?.user).to.equal('bacvault');
    const refused = await problem(mail({ login: { user: 'bacvault', password: 'hunter2' } }));
    expect(refused).to.contain('no such user').and.to.not.contain('hunter2');
  });

  it('that the server does not take was not sent', async () => {
    expect(await problem(mail({ to: ['nobody@example.org'] }))).to.contain('unknown recipient');
  });
});

describe('an MQTT message', () => {
  let broker: Aedes;
  let server: TcpServer;
  let port: number;
  const published: {
    readonly topic: string;
    readonly payload: string;
    readonly retain: boolean;
    readonly qos: number;
  }[] = [];
  before(async () => {
    broker = await Aedes.createBroker();
    broker.authenticate = (_client, user, password, done) =>
      done(null, user === undefined || String(password) === 's3cret');
    broker.on('publish', ({ topic, payload, retain, qos }) => {
      if (!topic.startsWith('$')) published.push({ topic, payload: String(payload), retain, qos });
    });
    server = createTcp((socket) => void broker.handle(socket));
    port = await listening(server);
  });
  after(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });
  const publish = (changes: object = {}): Promise<void> =>
    messengers().publish({
      broker: `mqtt://127.0.0.1:${port}`,
      topic: 'bacvault/north',
      json: JSON.stringify(LONG),
      retain: true,
      ...LIMIT,
      ...changes,
    });

  it('arrives whole, acknowledged, and stays with the broker', async () => {
    await publish({ login: { user: 'bacvault', password: 's3cret' } });
    expect(published.at(-1)).to.deep.equal({
      topic: 'bacvault/north',
      payload: JSON.stringify(LONG),
      retain: true,
      qos: 1,
    });
  });

  it('with a password is not even begun where others could read it on the way', async () => {
    const login = { user: 'bacvault', password: 's3cret' };
    const refused = await problem(publish({ broker: 'mqtt://broker.example.org', login }));
    expect(refused)
      .to.match(/in clear/)
      .and.not.contain('s3cret');
  });

  it('that the broker does not take was not sent', async () => {
    const count = published.length;
    expect(await problem(publish({ login: { user: 'bacvault', password: 'hunter2' } }))).to.match(
      /not authorized|refused/i,
    );
    expect(published.length).to.equal(count);
  });
});

describe('a server that says nothing', () => {
  let server: TcpServer;
  let port: number;
  const sockets: Socket[] = [];
  before(async () => {
    server = createTcp((socket) => sockets.push(socket.on('error', () => undefined)));
    port = await listening(server);
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });

  it('is not waited for beyond the limit, whatever it should be', async () => {
    const all = messengers();
    const timeLimitMs = 20;
    const place = `127.0.0.1:${port}`;
    const login = {};
    const works = [
      all.post({ url: `http://${place}/`, json: '{}', timeLimitMs }),
      all.mail({
        from: 'a@example.org',
        to: ['b@example.org'],
        subject: 's',
        text: 't',
        server: `smtp://${place}`,
        timeLimitMs,
        ...login,
      }),
      all.publish({ broker: `mqtt://${place}`, topic: 't', json: '{}', retain: false, timeLimitMs }),
    ];
    for (const work of works) expect(await problem(work)).to.not.equal('none');
  });

  it('and none that is there at all rejects', async () => {
    expect(
      await problem(
        messengers().publish({
          broker: 'mqtt://127.0.0.1:1',
          topic: 't',
          json: '{}',
          retain: false,
          ...LIMIT,
        }),
      ),
    ).to.not.equal('none');
  });
});
