// Which IPv4 networks this computer stands on, and how each is broadcast to. Reading only: nothing here
// opens a socket.

import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';

/** One IPv4 address of this computer. */
export interface LocalNetwork {
  readonly address: string;
  /** Broadcast address of its subnet; undefined where there is none (a point-to-point link). */
  readonly broadcast: string | undefined;
  /** 127.0.0.0/8: reaches nothing but this computer. */
  readonly loopback: boolean;
}

type InterfaceTable = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The IPv4 networks of the computer as it is now; interfaces come and go. */
export function localNetworks(table: InterfaceTable = networkInterfaces()): LocalNetwork[] {
  return Object.values(table)
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4')
    .map(({ address, netmask, internal }) => ({
      address,
      broadcast: subnetBroadcast(address, netmask),
      loopback: internal,
    }));
}

/** The address with all host bits set; undefined for /31 and /32, whose every address is a station. */
export function subnetBroadcast(address: string, netmask: string): string | undefined {
  const [host, mask] = [address, netmask].map((text) => text.split('.').map(Number));
  if (host === undefined || mask === undefined || (mask[3] ?? 255) >= 254) return undefined;
  return host.map((octet, at) => octet | (~(mask[at] ?? 255) & 255)).join('.');
}

/**
 * Where a broadcast goes. From one chosen address: to its subnet. From all (undefined): to every subnet,
 * loopback only when there is nothing else.
 */
export function broadcastTargets(networks: readonly LocalNetwork[], chosen: string | undefined): string[] {
  const remote = networks.filter(({ loopback }) => !loopback);
  const meant =
    chosen === undefined
      ? remote.length > 0
        ? remote
        : networks
      : networks.filter(({ address }) => address === chosen);
  const targets = meant.map(({ broadcast }) => broadcast).filter((target) => target !== undefined);
  return [...new Set(targets)];
}
