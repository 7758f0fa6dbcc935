// A summary as a mail over SMTP, by nodemailer, which is loaded when the first mail is sent. A password is never sent
// in clear to another computer; no file and no address that a text may name is ever opened.

import { createTransport } from 'nodemailer';
import { isReadableOnTheWay, type MailMessage } from '../../ports.js';
import { within } from './time-limit.js';

export async function mail(message: MailMessage): Promise<void> {
  const { protocol, hostname, port } = new URL(message.server);
  const isEncrypted = protocol === 'smtps:';
  const { login, timeLimitMs, from, to, subject, text } = message;
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isEncrypted ? 465 : 25) : Number(port),
    secure: isEncrypted,
    requireTLS: login !== undefined && isReadableOnTheWay(message.server),
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: timeLimitMs,
    greetingTimeout: timeLimitMs,
    socketTimeout: timeLimitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await within(timeLimitMs, transport.sendMail({ from, to: [...to], subject, text }));
  } finally {
    transport.close();
  }
}
