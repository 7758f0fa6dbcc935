// How long a run still takes: what every lane has shown so far, on what every lane still has to do. Pure; times are
// given to it in ms. It promises nothing before something is known, and learns from each device that ends.

/** What is known of a device before its backup. */
export interface Expected {
  readonly device: number;
  /** Of its newest image. */
  readonly octets?: number;
  /** How long that one took, where it was noted, ms. */
  readonly durationMs?: number;
}

/** A backup that is over. */
export interface Measured {
  readonly octets: number;
  readonly durationMs: number;
  /** Of it, with octets moving. */
  readonly copyMs: number;
}

interface UnderWay {
  readonly beganMs: number;
  readonly expected: Expected;
  octetsDone: number;
  octetsTotal: number | undefined;
}

/** What a lane's devices have taken: for every octet, and besides. */
class Rates {
  devices = 0;
  octets = 0;
  durationMs = 0;
  copyMs = 0;
  failures = 0;
  failureMs = 0;

  add({ octets, durationMs, copyMs }: Measured): void {
    this.devices += 1;
    this.octets += octets;
    this.durationMs += durationMs;
    this.copyMs += Math.min(copyMs, durationMs);
  }

  get meanOctets(): number {
    return this.octets / this.devices;
  }

  get msPerOctet(): number {
    return this.octets === 0 ? 0 : this.copyMs / this.octets;
  }

  get overheadMs(): number {
    return (this.durationMs - this.copyMs) / this.devices;
  }
}

class Lane {
  readonly rates = new Rates();
  readonly waiting = new Map<number, Expected>();
  readonly underWay = new Map<number, UnderWay>();
  readonly transfers: number;
  /** Of all lanes of its kind. */
  readonly kind: Rates;

  constructor(transfers: number, kind: Rates) {
    this.transfers = transfers;
    this.kind = kind;
  }
}

/** The whole run. */
export class Estimate {
  readonly #lanes = new Map<string, Lane>();
  /** What lanes of the same kind have shown: networks behind routers, or B/IP devices. */
  readonly #kinds = new Map<string, Rates>();
  readonly #parallel: number;

  /** `parallel`: devices that may be under way at once, in all lanes together. */
  constructor(parallel: number) {
    this.#parallel = parallel;
  }

  /** A device will be backed up in this lane, which moves `transfers` at once. */
  expect(laneName: string, transfers: number, expected: Expected): void {
    let lane = this.#lanes.get(laneName);
    if (lane === undefined) {
      lane = new Lane(transfers, this.#kind(laneName));
      this.#lanes.set(laneName, lane);
    }
    lane.waiting.set(expected.device, expected);
  }

  /** It will not be: nothing is expected of it any more. */
  drop(laneName: string, device: number): void {
    this.#lanes.get(laneName)?.waiting.delete(device);
  }

  began(laneName: string, device: number, now: number): void {
    const lane = this.#lanes.get(laneName);
    if (lane === undefined) return;
    const expected = lane.waiting.get(device) ?? { device };
    lane.waiting.delete(device);
    lane.underWay.set(device, { beganMs: now, expected, octetsDone: 0, octetsTotal: undefined });
  }

  /** Octets of all its files so far, and of all its files together where the device has said so. */
  moved(laneName: string, device: number, octetsDone: number, octetsTotal: number | undefined): void {
    const current = this.#lanes.get(laneName)?.underWay.get(device);
    if (current === undefined) return;
    current.octetsDone = octetsDone;
    current.octetsTotal = octetsTotal;
  }

  /** A backup is over; undefined when it failed. */
  ended(laneName: string, device: number, now: number, measured: Measured | undefined): void {
    const lane = this.#lanes.get(laneName);
    const current = lane?.underWay.get(device);
    if (lane === undefined || current === undefined) return;
    lane.underWay.delete(device);
    for (const rates of [lane.rates, this.#kind(laneName)]) {
      if (measured !== undefined) rates.add(measured);
      else {
        rates.failures += 1;
        rates.failureMs += now - current.beganMs;
      }
    }
  }

  /** How long the backup of a device that waits will take, ms; undefined when nothing tells. */
  durationOf(laneName: string, device: number, now: number): number | undefined {
    const lane = this.#lanes.get(laneName);
    const expected = lane?.waiting.get(device);
    return lane === undefined ? undefined : this.#expectedMs(lane, expected ?? { device }, now);
  }

  /** How long one that is under way still takes, ms; undefined when nothing tells. */
  restOf(laneName: string, device: number, now: number): number | undefined {
    const lane = this.#lanes.get(laneName);
    const current = lane?.underWay.get(device);
    return lane === undefined || current === undefined ? undefined : this.#restMs(lane, current, now);
  }

  /** How long the run still takes, ms; undefined as long as there is a lane of which nothing is known. */
  remaining(now: number): number | undefined {
    let longest = 0;
    let sum = 0;
    for (const lane of this.#lanes.values()) {
      let own = 0;
      let single = 0;
      for (const expected of lane.waiting.values()) {
        const ms = this.#expectedMs(lane, expected, now);
        if (ms === undefined) return undefined;
        own += ms * (1 - failureShare(lane.rates)) + failureMs(lane.rates) * failureShare(lane.rates);
        single = Math.max(single, ms);
      }
      for (const current of lane.underWay.values()) {
        const ms = this.#restMs(lane, current, now);
        if (ms === undefined) return undefined;
        own += ms;
        single = Math.max(single, ms);
      }
      sum += own;
      longest = Math.max(longest, own / lane.transfers, single);
    }
    return Math.max(longest, sum / this.#parallel);
  }

  /**
   * By what its lane has shown; else by its own last backup; else by what is under way in its lane; else by what
   * the other lanes of its kind have shown.
   */
  #expectedMs(lane: Lane, { octets, durationMs }: Expected, now: number): number | undefined {
    if (lane.rates.devices > 0) return byRates(lane.rates, octets);
    if (durationMs !== undefined) return durationMs;
    const projected = [...lane.underWay.values()].flatMap((current) => projectedMs(current, now) ?? []);
    if (projected.length > 0) return projected.reduce((sum, ms) => sum + ms, 0) / projected.length;
    return lane.kind.devices > 0 ? byRates(lane.kind, octets) : undefined;
  }

  #kind(laneName: string): Rates {
    const kind = laneName.split(' ')[0] ?? '';
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const rates = new Rates();
    this.#kinds.set(kind, rates);
    return rates;
  }

  #restMs(lane: Lane, current: UnderWay, now: number): number | undefined {
    const { expected, octetsDone, beganMs } = current;
    const octets = current.octetsTotal ?? expected.octets;
    const { rates } = lane;
    if (rates.devices > 0 && octets !== undefined && octetsDone > 0)
      return rates.msPerOctet * Math.max(0, octets - octetsDone) + rates.overheadMs / 2;
    const whole = projectedMs(current, now) ?? this.#expectedMs(lane, expected, now);
    return whole === undefined ? undefined : Math.max(0, whole - (now - beganMs));
  }
}

/** How long one that is under way takes in all, by itself alone; undefined while it does not show. */
function projectedMs(
  { expected, octetsDone, octetsTotal, beganMs }: UnderWay,
  now: number,
): number | undefined {
  const octets = octetsTotal ?? expected.octets;
  if (octets === undefined || octetsDone <= 0) return undefined;
  return ((now - beganMs) / octetsDone) * Math.max(octets, octetsDone);
}

function byRates(rates: Rates, octets: number | undefined): number {
  return rates.overheadMs + rates.msPerOctet * (octets ?? rates.meanOctets);
}

/** Of the devices of a lane that had their turn. */
function failureShare({ devices, failures }: Rates): number {
  return failures === 0 ? 0 : failures / (devices + failures);
}

function failureMs({ failures, failureMs: ms }: Rates): number {
  return failures === 0 ? 0 : ms / failures;
}
