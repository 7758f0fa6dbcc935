// What a site file may hold, key by key, as a schema: for reading it, and for editors as a JSON Schema. What one key
// says about another (a group that does not exist) is in cross.ts. Every key has words: they become help in editors.

import { z } from 'zod';
import { HIGHEST_INSTANCE } from '../../client/index.js';
import { notification } from './schema-notify.js';
import { duration, PASSWORD, ranges, secret, tags, text, whole, words } from './schema-parts.js';
import {
  readAddress,
  readCron,
  readHostText,
  readSiteName,
  readSpan,
  readTimeOfDay,
  readTimeZone,
} from './values.js';

const selectorKeys = {
  instances: ranges('instances', 'Device instances and ranges of them.', '1000-1999').exactOptional(),
  networks: ranges(
    'networks',
    'Network numbers (DNET) and ranges of them; 0 is the local network.',
    '2001-2020',
  ).exactOptional(),
  vendors: z
    .array(z.union([z.int().nonnegative(), z.string().min(1)]).meta({ examples: [7, 'Siemens*'] }))
    .min(1)
    .meta({ description: 'Vendor ids, or names; "*" stands for anything.', examples: [[7, 'Siemens*']] })
    .exactOptional(),
  models: z
    .array(words('A model.', 'PXC*'))
    .min(1)
    .meta({ description: 'Model names; "*" stands for anything.', examples: [['PXC*']] })
    .exactOptional(),
  tags: tags('Tags that devices have in this file.').exactOptional(),
};

const selector = z
  .strictObject({
    ...selectorKeys,
    groups: z
      .array(words('A group.', 'vav'))
      .min(1)
      .meta({ description: 'Groups of this file.', examples: [['vav']] })
      .exactOptional(),
  })
  .refine((value) => Object.keys(value).length > 0, {
    message: 'selects nothing',
    params: { instead: 'one of instances, networks, vendors, models, tags, groups' },
  })
  .meta({
    description: 'Which devices: those that fit every key that is there, by any of its values.',
    examples: [{ groups: ['vav'] }],
  });

const network = z
  .strictObject({
    local: text(
      (v) => readHostText(v, 'local', true),
      'Local address and UDP port.',
      '192.168.1.10',
    ).exactOptional(),
    broadcast: text(
      (v) => readHostText(v, 'broadcast'),
      'Where broadcasts go.',
      '192.168.1.255',
    ).exactOptional(),
    bbmd: text(
      (v) => readHostText(v, 'bbmd'),
      'BBMD to register with as a foreign device.',
      '10.1.0.5',
    ).exactOptional(),
    ttl: duration('How long a registration lives before it is renewed.', '5m').exactOptional(),
    'apdu-timeout': duration('Silence after which a request is repeated.', '6s').exactOptional(),
    retries: whole(0, 20, 'How often a request is repeated.', 3).exactOptional(),
  })
  .meta({ description: 'How to stand on the network; as the options of the command line.' });

const discovery = z
  .strictObject({
    ranges: ranges(
      'instances',
      'Instances that Who-Is asks for, one range after the other.',
      '1-9999',
    ).exactOptional(),
    networks: z
      .array(whole(1, 65_534, 'A network number (DNET).', 2001))
      .min(1)
      .meta({ description: 'Only these networks; default everywhere.', examples: [[2001]] })
      .exactOptional(),
    repeats: whole(
      0,
      20,
      'How often each question is repeated: on MS/TP answers get lost.',
      2,
    ).exactOptional(),
    pause: duration('Silence after each question.', '3s').exactOptional(),
  })
  .meta({ description: 'How the site is asked who is there.' });

const device = z
  .strictObject({
    instance: whole(0, HIGHEST_INSTANCE, 'Device instance.', 1201),
    address: text(
      readAddress,
      'Where it is, when Who-Is does not find it: HOST[:PORT] or NET:MAC@ROUTER[:PORT].',
      '2001:17@192.168.1.1',
    ).exactOptional(),
    name: words('What people call it.', 'AHU-3').exactOptional(),
    tags: tags('For selectors: critical, fragile, ...').exactOptional(),
    password: secret(PASSWORD).exactOptional(),
  })
  .meta({
    description: 'A device of which more is to be said than its instance.',
    examples: [{ instance: 1201 }],
  });

const group = z
  .strictObject({ ...selectorKeys, password: secret(PASSWORD).exactOptional() })
  .meta({ description: 'Devices that fit every key that is there.', examples: [{ models: ['PXC*'] }] });

const window = z
  .strictObject({
    start: text(readTimeOfDay, 'Nothing begins earlier.', '22:00'),
    stop: text(
      readTimeOfDay,
      'At this time the run is ended: the device under way is finished or ended cleanly.',
      '05:00',
    ),
  })
  .meta({
    description: 'The part of the day in which the rule may work.',
    examples: [{ start: '22:00', stop: '05:00' }],
  });

const keep = (description: string): z.ZodExactOptional<z.ZodInt> =>
  whole(1, 100_000, description, 7).exactOptional();

const retention = z
  .strictObject({
    'keep-last': keep('The newest n images of each device.'),
    'keep-hourly': keep('The newest image of each of the newest n hours that have one.'),
    'keep-daily': keep('The same by days.'),
    'keep-weekly': keep('The same by weeks.'),
    'keep-monthly': keep('The same by months.'),
    'keep-yearly': keep('The same by years.'),
    'keep-within': text(readSpan, 'All younger than this (m: months).', '1y6m10d12h').exactOptional(),
    'keep-tag': tags('All with one of these tags.').exactOptional(),
  })
  .refine((value) => Object.keys(value).length > 0, {
    message: 'keeps nothing',
    params: {
      instead: 'one of keep-last, keep-daily, keep-weekly, ..., or no retention at all: then all is kept',
    },
  })
  .meta({
    description: 'What is kept of each device of the rule; as "bacvault forget".',
    examples: [{ 'keep-daily': 7 }],
  });

const frames = whole(1, 10_000, 'Frames a second on one network behind a router.', 10);
const lanesAtOnce = whole(1, 1000, 'Networks and B/IP devices that are worked on at once.', 16);

const rule = z
  .strictObject({
    what: z
      .union([z.literal('all'), selector])
      .meta({ description: 'all, or which devices.', examples: ['all', { groups: ['vav'] }] }),
    except: selector.exactOptional(),
    cron: text(
      readCron,
      'When it runs: minute, hour, day of month, month, day of week. Without: only by hand.',
      '0 22 * * *',
    ).exactOptional(),
    'time-zone': text(
      readTimeZone,
      'Of cron and window; default that of the site.',
      'Europe/Berlin',
    ).exactOptional(),
    window: window.exactOptional(),
    pacing: z
      .strictObject({
        'frames-per-second': frames.exactOptional(),
        'parallel-lanes': lanesAtOnce.exactOptional(),
        reads: z
          .enum(['gentle', 'auto', 'fast'])
          .meta({
            description:
              'How eagerly a B/IP device is read: one request at a time, as many as it bears (default), or the same begun with several.',
            examples: ['gentle'],
          })
          .exactOptional(),
      })
      .meta({
        description: 'Where this rule goes gentler than lanes say.',
        examples: [{ 'frames-per-second': 5 }],
      })
      .exactOptional(),
    retries: whole(0, 20, 'How often a device that failed is tried again at the end.', 2).exactOptional(),
    retention: retention.exactOptional(),
    'stale-after': duration('A device whose newest image is older is not protected.', '8d').exactOptional(),
    tags: tags('Given to each image.').exactOptional(),
    unchanged: z
      .enum(['backup', 'skip'])
      .meta({
        description: 'What happens to a device whose Database_Revision is that of its newest image.',
        examples: ['skip'],
      })
      .exactOptional(),
    verify: z
      .boolean()
      .meta({ description: 'Reads each device a second time and compares.', examples: [true] })
      .exactOptional(),
  })
  .meta({ description: 'A backup rule.', examples: [{ what: 'all', cron: '0 22 * * *' }] });

const lanes = z
  .strictObject({
    'transfers-per-network': whole(
      1,
      16,
      'Transfers at once on one network behind a router. More than 1 gains nothing on MS/TP.',
      1,
    ).exactOptional(),
    'parallel-lanes': lanesAtOnce.exactOptional(),
    'direct-devices': whole(1, 1000, 'B/IP devices at once.', 8).exactOptional(),
    'frames-per-second': frames.exactOptional(),
    networks: z
      .array(
        z
          .strictObject({
            network: whole(1, 65_534, 'Network number (DNET).', 2001),
            transfers: whole(1, 16, 'Transfers at once.', 1).exactOptional(),
            'frames-per-second': frames.exactOptional(),
          })
          .meta({ examples: [{ network: 2001, 'frames-per-second': 5 }] }),
      )
      .meta({ description: 'Networks that carry less, or more, than the others.' })
      .exactOptional(),
  })
  .meta({ description: 'What the networks may carry.' });

/** Names of groups and rules are words of the command line, of metrics and of logs. */
const named = <T extends z.ZodType>(value: T, description: string) =>
  z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, {
        message: 'is no name: letters, digits, ".", "_" and "-", 40 at most',
      }),
      value,
    )
    .meta({ description });

export const siteSchema = z
  .strictObject({
    site: text(readSiteName, 'Name of the site; its images are kept under it.', 'Hospital North'),
    'time-zone': text(readTimeZone, 'Time zone of the rules.', 'Europe/Berlin').exactOptional(),
    'passwords-in-clear': z
      .literal('allowed')
      .meta({ description: 'Passwords may stand in this file. Better not.', examples: ['allowed'] })
      .exactOptional(),
    network: network.exactOptional(),
    discovery: discovery.exactOptional(),
    devices: z.array(device).meta({ description: 'Devices of which more is to be said.' }).exactOptional(),
    groups: named(
      group,
      'Groups of devices, by name. The first that fits and has a password gives it.',
    ).exactOptional(),
    rules: named(rule, 'Backup rules, by name.').exactOptional(),
    lanes: lanes.exactOptional(),
    notify: z.array(notification).meta({ description: 'Who is told how runs went.' }).exactOptional(),
  })
  .meta({
    title: 'bacvault site file',
    description: 'What stands on a site, what is kept of it, when, and who is told.',
  });

/** A site file as it is written, when every key by itself is right. */
export type SiteFile = z.infer<typeof siteSchema>;

/** The schema for editors. */
export function siteJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(siteSchema, { target: 'draft-07', io: 'input' });
}
