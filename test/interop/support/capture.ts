// A recording of loopback traffic by dumpcap, and what tshark's BACnet dissector says about it. tshark
// shares no code with us: what it reads out of our frames is what stands in them.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One item of a dissection, in the order of the frame. */
export interface Item {
  readonly frame: number;
  /** tshark's name of the field; empty where it has only a text. */
  readonly name: string;
  /** What tshark shows: "File Start Position: (Signed) 0". */
  readonly show: string;
  /** The octets, hex. */
  readonly value: string;
}

/** How long dumpcap may need to start or to write the last packets. */
const PATIENCE_MS = 10_000;

/** What the UDP dissector remarks of ports 33435 to 33523, beside any other remark. */
const TRACEROUTE = /Possible traceroute: hop #\d+, attempt #\d+,?/;

export class Capture {
  readonly #folder: string;
  readonly #file: string;
  readonly #ports: readonly number[];
  readonly #process: ChildProcess;
  #complaints = '';

  private constructor(ports: readonly number[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'bacvault-capture-'));
    this.#file = join(this.#folder, 'capture.pcapng');
    this.#ports = ports;
    const filter = ports.map((port) => `udp port ${port}`).join(' or ');
    // 64 MiB of kernel buffer: a burst on loopback is faster than the disk.
    const args = ['-i', 'lo', '-B', '64', '-f', filter, '-w', this.#file];
    this.#process = spawn('dumpcap', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
  }

  /** Starts to record; resolves when dumpcap does. */
  static async start(ports: readonly number[]): Promise<Capture> {
    const capture = new Capture(ports);
    await capture.#said(/^File: /m);
    return capture;
  }

  /** Stops to record. Rejects when dumpcap lost a packet: such a recording proves nothing. */
  async stop(): Promise<void> {
    await this.#drained();
    const closed = once(this.#process, 'close');
    this.#process.kill('SIGINT');
    await closed;
    const [, received, dropped] =
      /received\/dropped on interface .*?: (\d+)\/(\d+)/.exec(this.#complaints) ?? [];
    if (dropped !== '0' || Number(received) === 0) throw new Error(`dumpcap: ${this.#complaints}`);
  }

  /** Values of tshark fields, one row a frame that passes the display filter. */
  fields(filter: string, ...names: readonly string[]): string[][] {
    const args = ['-T', 'fields', '-Y', filter, ...names.flatMap((name) => ['-e', name])];
    return this.#tshark(args)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  /** How many frames pass the display filter. */
  count(filter: string): number {
    return this.fields(filter, 'frame.number').length;
  }

  /**
   * The experts' remarks: frame number and text. Without the UDP dissector's guess at a traceroute, which is
   * about the number of a port that the system gave, and not about what stands in the frame.
   */
  remarks(): string[][] {
    return this.fields('_ws.expert', 'frame.number', '_ws.expert.message')
      .map(([number = '', text = '']) => [number, text.replace(TRACEROUTE, '')])
      .filter(([, text]) => text !== '');
  }

  /** The BACnet part of every frame that passes the filter, item by item, reassembled where segmented. */
  items(filter: string): Item[] {
    const items: Item[] = [];
    let frame = 0;
    for (const line of this.#tshark(['-T', 'pdml', '-Y', filter]).split('\n')) {
      const attribute = (name: string): string => new RegExp(` ${name}="([^"]*)"`).exec(line)?.[1] ?? '';
      if (attribute('name') === 'frame.number') frame = Number(attribute('show'));
      if (!line.includes('<field ') || /name="(frame|ip|udp|eth|num|len|caplen|timestamp)[."]/.test(line))
        continue;
      items.push({ frame, name: attribute('name'), show: attribute('show'), value: attribute('value') });
    }
    return items;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #tshark(args: readonly string[]): string {
    const decode = this.#ports.flatMap((port) => ['-d', `udp.port==${port},bvlc`]);
    const done = spawnSync('tshark', ['-n', '-2', '-r', this.#file, ...decode, ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (done.status !== 0) throw new Error(`tshark ${args.join(' ')}: ${done.stderr}`);
    return done.stdout;
  }

  /** Waits for a text on stderr. */
  async #said(text: RegExp): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!text.test(this.#complaints)) {
      if (Date.now() > deadline || this.#process.exitCode !== null)
        throw new Error(`dumpcap: ${this.#complaints}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** dumpcap reads in batches: waits until the file no longer grows. */
  async #drained(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
