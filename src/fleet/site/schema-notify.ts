// What a site file says about who is told how a run went, as a schema.

import { z } from 'zod';
import { command, duration, oneOf, secret, text, words } from './schema-parts.js';
import { readUrl } from './values.js';

const user = words('User name, when the server wants one.', 'bacvault').exactOptional();
const ADDRESS_HELP = 'A mail address.';

const CHANNEL_KEYS = ['command', 'webhook', 'mail', 'mqtt'] as const;

export const notification = z
  .strictObject({
    when: z
      .enum(['always', 'problems'])
      .meta({
        description: 'After every run, or only when something is not protected.',
        examples: ['problems'],
      })
      .exactOptional(),
    rules: z
      .array(words('A rule.', 'nightly'))
      .min(1)
      .meta({ description: 'Only after these rules; default all.', examples: [['nightly']] })
      .exactOptional(),
    'time-limit': duration('How long it may take.', '30s').exactOptional(),
    command: command('A program that gets the summary as JSON on stdin.').exactOptional(),
    webhook: z
      .strictObject({
        url: text(
          (v) => readUrl(v, ['https', 'http']),
          'Where the summary is posted as JSON.',
          'https://example.org/hook',
        ),
        bearer: secret('Where the token is that is sent as "Authorization: Bearer".').exactOptional(),
      })
      .exactOptional(),
    mail: z
      .strictObject({
        to: z.tuple([words(ADDRESS_HELP, 'team@example.org')], words(ADDRESS_HELP)).meta({
          description: 'Who gets the mail.',
          examples: [['team@example.org']],
        }),
        from: words('Sender.', 'bacvault@example.org'),
        server: text((v) => readUrl(v, ['smtps', 'smtp']), 'Mail server.', 'smtp://mail.example.org:587'),
        user,
        password: secret('Where the password of the user is.').exactOptional(),
      })
      .exactOptional(),
    mqtt: z
      .strictObject({
        broker: text((v) => readUrl(v, ['mqtts', 'mqtt']), 'MQTT broker.', 'mqtts://broker.example.org'),
        topic: z
          .string()
          .min(1)
          .regex(/^[^#+\0]+$/, { message: 'a topic to publish to has no "#" and no "+"' })
          .meta({ description: 'Topic of the summary.', examples: ['bacvault/north'] }),
        retain: z
          .boolean()
          .meta({ description: 'Whether the broker keeps the last one.', examples: [true] })
          .exactOptional(),
        user,
        password: secret('Where the password of the user is.').exactOptional(),
      })
      .exactOptional(),
  })
  .superRefine(oneOf(CHANNEL_KEYS, 'the notification'))
  .meta({ description: 'Who is told how a run went.', examples: [{ command: ['/usr/local/bin/told'] }] });
