// The site file that "site init" writes: every part with words, the devices that answered as comments, and nothing
// switched on that nobody has asked for but one rule. Pure text; it must be right as it is.

import { stringify } from 'yaml';
import { HIGHEST_INSTANCE } from '../../client/index.js';

/** A device that answered. */
export interface FoundDevice {
  readonly instance: number;
  /** DNET; absent on our own network. */
  readonly network?: number;
  readonly vendorId: number;
}

export interface TemplateOptions {
  readonly site: string;
  readonly timeZone: string;
  readonly local?: string;
  readonly broadcast?: string;
  readonly bbmd?: string;
  readonly found: readonly FoundDevice[];
  /** Where the JSON Schema is, as editors are told. */
  readonly schema: string;
}

export function siteTemplate(options: TemplateOptions): string {
  const { site, timeZone, found, schema } = options;
  const networks = [...new Set(found.flatMap(({ network }) => network ?? []))].sort((a, b) => a - b);
  return `# yaml-language-server: $schema=${schema}
# A site of bacvault. "bacvault site check" says what is wrong with it, or what it means.

site: ${scalar(site)}
time-zone: ${scalar(timeZone)}

${networkPart(options)}
# Who-Is is asked range by range, so that not all devices answer at once.
discovery:
  ranges: [${rangesOf(found).join(', ')}]
  repeats: 2
  pause: 3s

# Devices of which more is to be said than that they answer. ${found.length === 0 ? 'None has answered.' : `These have answered (${found.length}):`}
${found.map(deviceLine).join('')}devices: []
#  - instance: 1201
#    address: 2001:17@192.168.1.1       # when Who-Is does not find it: HOST[:PORT] or NET:MAC@ROUTER[:PORT]
#    name: AHU-3
#    tags: [critical]
#    password: { file: secrets/ahu-3 }  # or { env: NAME }, or { command: [PROGRAM, ARGUMENT] }

# Groups: devices that fit every key. The first group that fits and has a password gives it.
groups:
  everything:
    instances: [0-4194302]
#  vav:
#    networks: [${networks.length === 0 ? '2001-2020' : networks.join(', ')}]
#    vendors: [${[...new Set(found.map(({ vendorId }) => vendorId))].join(', ') || '7'}]
#    models: ["PXC*"]
#    password: { env: BACVAULT_VAV }

rules:
  nightly:
    what: { groups: [everything] }
    cron: 0 22 * * *                    # minute, hour, day of month, month, day of week
    window: { start: "22:00", stop: "05:00" }
    unchanged: backup                   # skip: leaves devices alone whose Database_Revision has not changed
    retries: 2
    stale-after: 8d
#    retention: { keep-daily: 7, keep-weekly: 8, keep-monthly: 24 }
#    except: { tags: [fragile] }
#    verify: true                       # reads each device a second time and compares

# What the networks may carry.
lanes:
  transfers-per-network: 1
  frames-per-second: 20
#  networks:
#    - { network: ${networks[0] ?? 2001}, frames-per-second: 8 }

# Who is told how a run went.
notify: []
#  - command: [/usr/local/bin/told]
#  - when: problems
#    mail: { to: [team@example.org], from: bacvault@example.org, server: "smtp://mail.example.org:587" }
#  - mqtt: { broker: "mqtts://broker.example.org", topic: bacvault/summary }
#  - webhook: { url: "https://example.org/hook", bearer: { env: HOOK_TOKEN } }
`;
}

function networkPart({ local, broadcast, bbmd }: TemplateOptions): string {
  const known = { local, broadcast, bbmd };
  const lines = Object.entries(known).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${scalar(value)}`],
  );
  const head = '# How to stand on the network; as the options of the command line.';
  return lines.length === 0
    ? `${head}\n#network: { local: 192.168.1.10, bbmd: 10.1.0.5 }\n`
    : `${head}\nnetwork:\n${lines.join('\n')}\n`;
}

function deviceLine({ instance, network, vendorId }: FoundDevice): string {
  return `#   ${instance}${network === undefined ? '' : ` on network ${network}`}, vendor ${vendorId}\n`;
}

/** Thousands in which somebody answered, and the rest in one: a new device is found, too. */
function rangesOf(found: readonly FoundDevice[]): string[] {
  const SIZE = 1000;
  const used = [...new Set(found.map(({ instance }) => Math.floor(instance / SIZE)))]
    .sort((a, b) => a - b)
    .slice(0, 50);
  const ranges: string[] = [];
  let next = 0;
  for (const part of used) {
    if (part * SIZE > next) ranges.push(`${next}-${part * SIZE - 1}`);
    next = Math.min(part * SIZE + SIZE - 1, HIGHEST_INSTANCE) + 1;
    ranges.push(`${part * SIZE}-${next - 1}`);
  }
  if (next <= HIGHEST_INSTANCE) ranges.push(`${next}-${HIGHEST_INSTANCE}`);
  return ranges;
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trim();
}
