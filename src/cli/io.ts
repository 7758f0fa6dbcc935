// Everything the command line needs from the computer it runs on, as one interface: streams, environment,
// files, questions and interrupts. host.ts has the real one; tests give their own. Types only.

/** A stream that people or programs read. `isTTY` and `columns` are there when it is a terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Why a running command is asked to stop. */
export type Interruption =
  /** SIGINT, SIGTERM, SIGHUP or SIGBREAK. */
  | { readonly kind: 'signal'; readonly name: string }
  /** A defect threw where nobody catches; the device is still released before the process ends. */
  | { readonly kind: 'crash'; readonly error: unknown };

/** A folder that files are extracted into. It never overwrites anything. */
export interface Folder {
  /** Where `name` is or would be, for people to read. */
  pathOf(name: string): string;
  exists(name: string): Promise<boolean>;
  /**
   * Creates a file with this content, durably, and returns its length in octets. Rejects when the name is
   * taken; when the content fails half-way, what was written is removed and the failure passes on.
   */
  create(name: string, content: AsyncIterable<Uint8Array>): Promise<number>;
}

export interface Io {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly stdin: { readonly isTTY: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of the bacvault package. */
  readonly version: string;
  /** Milliseconds since an arbitrary origin, for rates and elapsed times on the screen only. */
  now(): number;
  /** Text of a file in UTF-8; rejects with the system's own error. */
  readFile(path: string): Promise<string>;
  /** Whether others than the owner may read a file; false where the platform cannot say. */
  readableByOthers(path: string): Promise<boolean>;
  /** Asks a person on the terminal. Resolves undefined at the end of input; rejects when aborted. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Calls the listener for each interrupt until the returned function is called. */
  onInterrupt(listener: (cause: Interruption) => void): () => void;
  /**
   * Runs a program without a shell, gives it `input` on stdin, and resolves with its stdout. Rejects when it cannot be
   * started, ends with a status other than 0, or takes longer than the limit; then it is ended.
   */
  capture(
    command: readonly [string, ...string[]],
    options: { readonly timeLimitMs: number; readonly input?: string },
  ): Promise<string>;
  /** Makes the folder when it is missing. Rejects with the system's own error. */
  openFolder(path: string): Promise<Folder>;
}
