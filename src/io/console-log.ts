// A log for programs that have none of their own: one line per message on stderr. Never on stdout, which
// belongs to results.

import type { Log, LogLevel } from '../ports.js';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

/** Writes messages of this level and of the more serious ones; `write` is where a line goes. */
export function consoleLog(
  level: LogLevel = 'warn',
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  const most = LEVELS.indexOf(level);
  return {
    log: (of, message, details) => {
      if (LEVELS.indexOf(of) <= most) write(`${of}: ${message}${detailText(details)}\n`);
    },
  };
}

function detailText(details: Readonly<Record<string, unknown>> | undefined): string {
  const said = Object.entries(details ?? {}).filter(([, value]) => value !== undefined);
  return said.length === 0
    ? ''
    : ` (${said.map(([name, value]) => `${name} ${valueText(value)}`).join(', ')})`;
}

/** A log must not fail, whatever it is given. */
function valueText(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
