// The text by which a user names a device, and back:
//   INSTANCE                          found by Who-Is
//   INSTANCE@HOST[:PORT]              static B/IP address
//   INSTANCE@NET:MAC@ROUTER[:PORT]    static address behind a router
// Instance 4194303, which means "unconfigured", only with an address.
// HOST and ROUTER are IPv4 addresses. Names are refused, not looked up: an Address never holds a name,
// and a wrong answer of a name server must never choose the controller that is restored.

import { type Address, BIP_PORT, INSTANCE_MAX, NETWORK_MAX } from '../../protocol/index.js';
import { EngineError } from '../errors.js';
import type { Target } from './types.js';

/** UDP port of BACnet/IP when none is said (Annex J.1.2). */
export const DEFAULT_PORT = BIP_PORT;

/** Highest instance of a real device; 4194303 means "unconfigured" (clause 12.11.1). */
export const HIGHEST_INSTANCE = INSTANCE_MAX - 1;

/** Nobody can be found by the instance that every unconfigured device has. */
const UNCONFIGURED = `${INSTANCE_MAX} is the instance of every unconfigured device, so its address must be said`;

const FORMS = 'INSTANCE, INSTANCE@HOST[:PORT] or INSTANCE@NET:MAC@ROUTER[:PORT]';

/**
 * Reads a target. A MAC of one to three digits up to 255 is one octet in decimal ("17"); anything else is
 * hex of 1 to 7 octets, two digits each ("0a", "c0a80105bac0"); "0x" before it makes it hex always
 * ("0x17"). Throws EngineError `usage` that quotes the text and says which part is wrong.
 */
export function parseTarget(text: string): Target {
  const parts = text.trim().split('@');
  const [instanceText = '', second, third] = parts;
  const instance = integer(instanceText, INSTANCE_MAX);
  if (instance === undefined) {
    throw wrong(text, `the device instance "${instanceText}" is not a number from 0 to ${INSTANCE_MAX}`);
  }
  if (parts.length > 3) throw wrong(text, 'it has more than two "@"');
  if (second === undefined && instance === INSTANCE_MAX) throw wrong(text, UNCONFIGURED);
  if (second === undefined) return { instance };
  if (third === undefined) return { instance, address: { link: link(text, second, 'HOST') } };
  const [networkText = '', macText, ...rest] = second.split(':');
  if (macText === undefined || rest.length > 0) {
    throw wrong(text, `"${second}" between the two "@" is not NET:MAC (a network number and a MAC)`);
  }
  const network = integer(networkText, NETWORK_MAX);
  if (network === undefined || network === 0) {
    throw wrong(text, `the network number "${networkText}" is not a number from 1 to ${NETWORK_MAX}`);
  }
  const mac = parseMac(macText);
  if (mac === undefined) {
    throw wrong(text, `the MAC "${macText}" is neither 0 to 255 nor hex of 1 to 7 octets, two digits each`);
  }
  return { instance, address: { link: link(text, third, 'ROUTER'), network, mac } };
}

/** The text that `parseTarget` reads back as the same target. */
export function formatTarget({ instance, address }: Target): string {
  return address === undefined ? String(instance) : `${instance}@${formatPlace(address)}`;
}

/** A place as targets name it: "HOST:PORT", or "NET:MAC@ROUTER:PORT". */
export function formatPlace(address: Address): string {
  if (address.network === undefined) return address.link;
  return `${address.network}:${formatMac(address.mac ?? '')}@${address.link}`;
}

/** A place on an IP network, taken apart. */
export interface HostAndPort {
  /** An IPv4 address in its one canonical form. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads "HOST[:PORT]" where it stands alone, as in `--local`, `--broadcast` and `--bbmd`; port 47808 when
 * none is given. `name` is what the message calls it ("--bbmd"); `anyPort` also takes port 0, for "any free
 * port". Throws EngineError `usage` that quotes the text and says which part is wrong.
 */
export function parseHost(
  text: string,
  name: string,
  options: { readonly anyPort?: boolean } = {},
): HostAndPort {
  const read = readHost(text.trim(), 'HOST', options.anyPort === true ? 0 : 1);
  if (typeof read === 'string') {
    throw new EngineError('usage', `${name} "${text}" is not HOST[:PORT]: ${read}.`);
  }
  return read;
}

function link(whole: string, text: string, name: string): string {
  const read = readHost(text, name, 1);
  if (typeof read === 'string') throw wrong(whole, read);
  return `${read.host}:${read.port}`;
}

/** The two parts, or what is wrong with the text. */
function readHost(text: string, name: string, lowestPort: number): HostAndPort | string {
  const [host = '', ...ports] = text.split(':');
  const octets = host.split('.');
  // "010" is 10 to some and 8 to others, so it is nobody's.
  const canonical = octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
  if (octets.length !== 4 || !canonical) {
    return `${name} "${host}" is not an IPv4 address such as 192.168.1.10 (names are not looked up)`;
  }
  const port = ports.length === 0 ? DEFAULT_PORT : integer(ports.join(':'), 65535);
  if (port === undefined || port < lowestPort) {
    return `the port "${ports.join(':')}" is not a number from ${lowestPort} to 65535`;
  }
  return { host, port };
}

/** A MAC as lower-case hex, or undefined when the text is none. */
function parseMac(text: string): string | undefined {
  const prefixed = /^0x/i.test(text);
  if (!prefixed && /^\d{1,3}$/.test(text) && Number(text) <= 255) {
    return Number(text).toString(16).padStart(2, '0');
  }
  const digits = (prefixed ? text.slice(2) : text).toLowerCase();
  return /^(?:[0-9a-f]{2}){1,7}$/.test(digits) ? digits : undefined;
}

/** One octet in decimal, as people write it; more in hex, whose four digits or more cannot be mistaken for it. */
function formatMac(mac: string): string {
  return mac.length === 2 ? String(Number.parseInt(mac, 16)) : mac;
}

/** A plain decimal number of 0..max, or undefined. */
function integer(text: string, max: number): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

function wrong(text: string, problem: string): EngineError {
  return new EngineError('usage', `"${text}" is not a target: ${problem}. A target is ${FORMS}.`, {
    details: { target: text },
  });
}
