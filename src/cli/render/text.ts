// Numbers, times and foreign text as people read them. Text that came from a device or a file may hold
// anything: it must never reach a terminal without `printable`.

/** Text with control characters (terminal escapes, line ends) made visible and harmless. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are exactly the characters to take out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** The same for text that may be missing. */
export function printableMaybe(text: string | undefined): string | undefined {
  return text === undefined ? undefined : printable(text);
}

/** 1234567 as "1 234 567". */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

/** "1 file", "3 files"; with "y" as in "1 directory" the plural is given. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

/** Octets, exactly. */
export function octets(value: number): string {
  return counted(value, 'octet');
}

/** Octets as kB (1000 octets) with one decimal, for moving displays. */
export function kilo(value: number): string {
  return (value / 1000).toFixed(1);
}

/** "14.2 kB/s", or undefined when no time has passed yet. */
export function rate(octetsDone: number, elapsedMs: number): string | undefined {
  if (elapsedMs <= 0) return undefined;
  const kilobytes = octetsDone / elapsedMs;
  return `${kilobytes.toFixed(kilobytes < 100 ? 1 : 0)} kB/s`;
}

/** "0.4 s", "12 s", "3 min 05 s", "2 h 10 min". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** "2026-11-23T19:03:22.118Z" as "2026-11-23 19:03:22 UTC"; anything else unchanged. */
export function moment(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso);
  return parts ? `${parts[1] ?? ''} ${parts[2] ?? ''} UTC` : printable(iso);
}

/** A MAC in lower-case hex as targets are written: decimal for one octet, else hex. */
export function mac(hex: string): string {
  return hex.length === 2 ? String(Number.parseInt(hex, 16)) : hex;
}

/** "2001:17" behind a router, "-" on our own link. */
export function networkAndMac(where: { readonly network?: number; readonly mac?: string }): string {
  return where.network === undefined ? '-' : `${where.network}:${mac(where.mac ?? '')}`;
}

/** The same with a capital first letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Half-open ranges, each named by its first and last unit: "octets 100 to 107, octet 300". */
export function rangesText(
  ranges: readonly { readonly start: number; readonly end: number }[],
  unit: 'octet' | 'record',
  shownMax = 5,
): string {
  const shown = ranges
    .slice(0, shownMax)
    .map(({ start, end }) =>
      end - start === 1 ? `${unit} ${grouped(start)}` : `${unit}s ${grouped(start)} to ${grouped(end - 1)}`,
    );
  const more = ranges.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${counted(more, 'more range')}`] : [])].join(', ');
}
