// A run over many devices on real UDP sockets: `node bench/fleet-udp.mjs [devices] [octets] [at once]` (default 200
// devices of 100 kB each, 8 at once; all simulated in one process, each at an address of its own in 127.0.0.0/8). The
// run is in this process, its repository on the local disk. Prints time, rate, CPU and memory of both processes.
// Measured, never asserted. Needs a built project (npm run build), and a system that lets programs bind any address of
// 127.0.0.0/8 (Linux).
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const [first] = process.argv.slice(2);
if (first === '--devices') await serveDevices(process.argv.slice(3).map(Number));
else await measure(process.argv.slice(2).map(Number));

/** 127.0.1.1, 127.0.1.2, ... */
function addressOf(index) {
  return `127.0.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`;
}

async function serveDevices([devices, octets, port]) {
  const { createDevice, deviceConfig, serve } = await import('../dist/simulator/index.js');
  for (let index = 0; index < devices; index += 1) {
    const content = new Uint8Array(octets).map((_, at) => (at * 31 + index) & 0xff);
    const config = deviceConfig({
      instance: 1000 + index,
      announces: 'unicast',
      files: [{ instance: 1, access: 'stream', content }],
    });
    await serve(createDevice(config, { framing: 'bip' }), { address: addressOf(index), port });
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpuMs: (user + system) / 1000, rssKiB: process.resourceUsage().maxRSS });
    process.exit(0);
  });
  process.send('ready');
}

async function measure([devices = 200, octets = 100_000, atOnce = 8]) {
  const { initRepository, openClient, parseSite, runFleet } = await import('../dist/src/index.js');
  const port = 20_000 + (process.pid % 20_000);
  const place = mkdtempSync(join(tmpdir(), 'bacvault-fleet-'));
  const own = fileURLToPath(import.meta.url);
  const child = spawn(process.execPath, [own, '--devices', devices, octets, port].map(String), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await new Promise((resolve) => child.once('message', resolve));
  const site = parseSite(
    `site: Bench\nlanes: { direct-devices: ${atOnce}, parallel-lanes: ${atOnce} }\ndiscovery: { ranges: [1000-${999 + devices}] }\nrules:\n  all:\n    what: { instances: [1000-${999 + devices}] }\n`,
  );
  const repository = await initRepository(place, { defaultSite: 'Bench' });
  const client = await openClient({ local: { address: '127.0.0.1', port }, broadcast: '127.255.255.255' });
  try {
    const idle = process.resourceUsage().maxRSS;
    const cpu = process.cpuUsage();
    const began = performance.now();
    let summary;
    let surveyed = began;
    for await (const event of runFleet(site, repository, { client })) {
      if (event.kind === 'fleet-plan') surveyed = performance.now();
      if (event.kind === 'fleet-summary') summary = event;
    }
    const seconds = (performance.now() - began) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1000;
    const theirs = await new Promise((resolve) => {
      child.once('message', resolve);
      child.send('how much?');
    });
    const print = (what, value) => console.log(`  ${what.padEnd(40)} ${value}`);
    console.log(`${devices} devices of ${octets} octets on UDP, ${atOnce} at once`);
    print('outcome', `${summary.outcome}: ${summary.counts.backedUp} of ${summary.counts.devices} backed up`);
    print('time, of it finding them', `${seconds.toFixed(1)} s, ${((surveyed - began) / 1000).toFixed(1)} s`);
    print(
      'rate, finding aside',
      `${(summary.octets / 1e6 / (seconds - (surveyed - began) / 1000)).toFixed(2)} MB/s`,
    );
    print(
      'CPU time of the run',
      `${(cpuMs / 1000).toFixed(1)} s: ${(cpuMs / devices).toFixed(1)} ms a device`,
    );
    print(
      'peak memory of the run, before it',
      `${Math.round(process.resourceUsage().maxRSS / 1024)} MiB, ${Math.round(idle / 1024)} MiB`,
    );
    print(
      'of one core, finding aside: no more than',
      `${Math.round((100 * cpuMs) / (began + 1000 * seconds - surveyed))} %`,
    );
    print('CPU time of all devices', `${(theirs.cpuMs / 1000).toFixed(1)} s`);
    print('peak memory of all devices', `${Math.round(theirs.rssKiB / 1024)} MiB`);
  } finally {
    await client.close();
    await repository.close();
    child.kill();
    rmSync(place, { recursive: true });
  }
}
