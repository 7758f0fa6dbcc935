// What whoever watches a serving bacvault is told: health and numbers, from the events that went by and the protection
// state of every device. Keeps the last of each alone.

import type { DeviceStatus, FleetEvent, Measure, ServeEvent } from '../index.js';

interface RuleWatch {
  outcome?: string;
  endedAt?: number;
  nextAt?: number;
  readonly runs: Map<string, number>;
}

/** How long what was found of the devices holds, ms: whoever watches may look every few seconds. */
const FRESH_MS = 300_000;

/** Outcomes after which somebody should look. */
const BAD = ['broken', 'given-up', 'failed'];

export class Watch {
  readonly #rules = new Map<string, RuleWatch>();
  readonly #site: string;
  readonly #devices: () => Promise<readonly DeviceStatus[]>;
  readonly #now: () => number;
  #running: string | undefined;
  #trouble: string | undefined;
  #found: { readonly at: number; readonly devices: Promise<readonly DeviceStatus[]> } | undefined;

  /** `now` is monotonic, ms. */
  constructor(site: string, devices: () => Promise<readonly DeviceStatus[]>, now: () => number) {
    this.#site = site;
    this.#devices = devices;
    this.#now = now;
  }

  see(event: ServeEvent | FleetEvent): void {
    switch (event.kind) {
      case 'serve-waiting':
        if (event.rule !== undefined && event.until !== undefined)
          this.#rule(event.rule).nextAt = Date.parse(event.until) / 1000;
        break;
      case 'serve-trouble':
        this.#trouble = event.message;
        break;
      case 'rule-begin':
        this.#running = event.rule;
        break;
      case 'rule-end':
        this.#ended(event.rule, event.outcome);
        break;
      case 'fleet-summary':
        this.#rule(event.rule).endedAt = Date.parse(event.endedAt) / 1000;
        break;
      default:
        break;
    }
  }

  health(): { readonly isWell: boolean } & Readonly<Record<string, unknown>> {
    const rules = [...this.#rules].map(([rule, { outcome, nextAt }]) => ({ rule, outcome, nextAt }));
    const isWell = this.#trouble === undefined && !rules.some(({ outcome = '' }) => BAD.includes(outcome));
    return { isWell, site: this.#site, running: this.#running, trouble: this.#trouble, rules };
  }

  async measures(): Promise<readonly Measure[]> {
    if (this.#found === undefined || this.#now() - this.#found.at > FRESH_MS)
      this.#found = { at: this.#now(), devices: this.#devices() };
    return [
      gauge('bacvault_running', 'Whether a run is under way.', this.#running === undefined ? 0 : 1),
      gauge(
        'bacvault_trouble',
        'Whether something is wrong that needs somebody.',
        this.health().isWell ? 0 : 1,
      ),
      ...[...this.#rules].flatMap(([rule, watch]) => ruleMeasures(rule, watch)),
      ...deviceMeasures(await this.#found.devices),
    ];
  }

  #ended(rule: string, outcome: string): void {
    const watch = this.#rule(rule);
    watch.outcome = outcome;
    watch.runs.set(outcome, (watch.runs.get(outcome) ?? 0) + 1);
    this.#running = undefined;
    this.#found = undefined;
    if (!BAD.includes(outcome)) this.#trouble = undefined;
  }

  #rule(name: string): RuleWatch {
    const known = this.#rules.get(name) ?? { runs: new Map<string, number>() };
    this.#rules.set(name, known);
    return known;
  }
}

function ruleMeasures(rule: string, { endedAt, nextAt, runs }: RuleWatch): Measure[] {
  const labels = { rule };
  return [
    ...(endedAt === undefined
      ? []
      : [
          gauge(
            'bacvault_rule_last_end_timestamp_seconds',
            'When the last run of a rule ended.',
            endedAt,
            labels,
          ),
        ]),
    ...(nextAt === undefined
      ? []
      : [gauge('bacvault_rule_next_run_timestamp_seconds', 'When a rule runs next.', nextAt, labels)]),
    ...[...runs].map(([outcome, value]): Measure => {
      const help = 'Runs since bacvault was started, by how they ended.';
      return { name: 'bacvault_runs_total', help, kind: 'counter', labels: { rule, outcome }, value };
    }),
  ];
}

function deviceMeasures(devices: readonly DeviceStatus[]): Measure[] {
  const states = new Map<string, number>();
  for (const { state } of devices) states.set(state, (states.get(state) ?? 0) + 1);
  return [
    ...[...states].map(([state, value]) =>
      gauge('bacvault_devices', 'Devices by protection state.', value, { state }),
    ),
    ...devices.flatMap(({ device, imageAt }) => {
      const at = imageAt === undefined ? Number.NaN : Date.parse(imageAt) / 1000;
      const help = 'When the newest image of a device was made.';
      return Number.isNaN(at)
        ? []
        : [gauge('bacvault_image_timestamp_seconds', help, at, { device: String(device) })];
    }),
  ];
}

function gauge(
  name: string,
  help: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): Measure {
  return { name, help, kind: 'gauge', labels, value };
}
