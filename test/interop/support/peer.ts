// A peer: a process that speaks BACnet on loopback and takes orders as JSON lines on its stdin, one
// answer line to each. Must never outlive the test, and ends no process but its own.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Command } from './places.js';

/** One line of a peer. */
export type Line = Readonly<Record<string, unknown>> & { readonly kind: string };

/** How long a peer may take for one order; a whole backup through a router is one. */
const ANSWER_MS = 60_000;

/** How long a peer may take to end by itself when its stdin closes. */
const END_MS = 3000;

const living = new Set<Peer>();
process.once('exit', () => {
  for (const peer of living) peer.kill();
});

/** Ends every peer that is still there; for `afterEach`. */
export async function stopPeers(): Promise<void> {
  await Promise.all([...living].map((peer) => peer.stop()));
}

export class Peer {
  readonly #name: string;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #waiting: { resolve: (line: Line) => void; reject: (error: Error) => void }[] = [];
  #complaints = '';

  private constructor(name: string, command: Command) {
    this.#name = name;
    this.#process = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text));
    this.#process.stdin.on('error', () => undefined); // a dead peer: `close` below says so
    this.#lines = createInterface({ input: this.#process.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line) as Line));
    this.#process.once('error', (error) => this.#fail(error.message));
    this.#process.once('close', (code, signal) => this.#fail(`ended with ${code ?? signal ?? 'nothing'}`));
    living.add(this);
  }

  /** Starts the process, gives it its configuration and waits until its sockets are open. */
  static async start(name: string, command: Command, config: object): Promise<Peer> {
    const peer = new Peer(name, command);
    const first = await peer.ask(config);
    if (first.kind !== 'ready') throw new Error(`${name}: ${JSON.stringify(first)}`);
    return peer;
  }

  /** What the peer wrote to stderr so far. */
  get complaints(): string {
    return this.#complaints;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Gives an order; the answer may be of kind "refused". */
  async ask(order: object): Promise<Line> {
    const answer = this.#next();
    this.#process.stdin.write(`${JSON.stringify(order)}\n`);
    return answer;
  }

  /** Gives an order that must succeed. */
  async tell<T extends object = Line>(order: Line): Promise<T> {
    const answer = await this.ask(order);
    if (answer.kind === 'refused') throw new Error(`${this.#name} ${order.kind}: ${JSON.stringify(answer)}`);
    return answer as unknown as T;
  }

  async stop(): Promise<void> {
    living.delete(this);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'close');
    this.#process.stdin.end();
    const patience = setTimeout(() => this.kill(), END_MS);
    await ended;
    clearTimeout(patience);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  #next(): Promise<Line> {
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => this.#fail(`no answer in ${ANSWER_MS} ms`), ANSWER_MS);
      const settle = (): void => clearTimeout(patience);
      this.#waiting.push({
        resolve: (line) => {
          settle();
          resolve(line);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
    });
  }

  #fail(reason: string): void {
    const error = new Error(`${this.#name}: ${reason}\n${this.#complaints}`);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
