// How long a comparison takes and how much memory it needs, by kind of change and size of the file:
// `node bench/diff.mjs [MiB]` (default 200). Two images each in a repository in a temporary folder, each
// comparison in a process of its own. Measured, never asserted. Needs a built project (npm run build).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { diffImages, initRepository, openRepository } from 'bacvault';

const MIB = 1 << 20;
const CHUNK = 64 * 1024;

/** Octets that look like chance, by chunk, without holding them. */
function* noise(octets, seed) {
  for (let at = 0; at < octets; at += CHUNK) {
    const chunk = Buffer.alloc(Math.min(CHUNK, octets - at));
    for (let filled = 0, block = 0; filled < chunk.length; filled += 32, block += 1)
      createHash('sha256').update(`${seed} ${at} ${block}`).digest().copy(chunk, filled);
    yield chunk;
  }
}

function* edited(octets, places, inserted) {
  let at = 0;
  for (const chunk of noise(octets, 1)) {
    for (const place of places.filter((one) => one >= at && one < at + chunk.length))
      chunk[place - at] ^= 0xff;
    if (inserted >= at && inserted < at + chunk.length) {
      yield chunk.subarray(0, inserted - at);
      yield Buffer.from('put in');
      yield chunk.subarray(inserted - at);
    } else yield chunk;
    at += chunk.length;
  }
}

const CASES = (octets) => ({
  'a few octets changed': () => edited(octets, [1000, octets >> 1, octets - 5], -1),
  'six octets put in at the middle': () => edited(octets, [], octets >> 1),
  'everything another': () => noise(octets, 2),
  'everything another, and longer': () => noise(octets + 1000, 2),
  'text, 2000 lines changed': () => [text(octets, 2000)],
});

function text(octets, changes) {
  const lines = Array.from(
    { length: Math.floor(octets / 40) },
    (_, index) => `point ${index};analog-value;21.5`,
  );
  for (let at = 0; at < changes; at += 1) lines[Math.floor((at * lines.length) / changes)] += '!';
  return Buffer.from(lines.join('\n'));
}

async function* streamed(chunks) {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function image(repository, chunks, createdAt) {
  const draft = await repository.begin();
  const kept = await draft.addStream(streamed(chunks));
  return draft.publish({
    kind: 'bacvault-image',
    format: 1,
    site: 'bench',
    createdAt,
    tool: 'bench',
    device: { instance: 1 },
    reachedAt: { address: '10.0.0.1:47808', maxApdu: 1476, segmentation: 'both' },
    procedure: {
      startedAt: createdAt,
      endedAt: createdAt,
      statesSeen: [],
      systemStatusSeen: [],
      passwordUsed: false,
      deviations: [],
      requests: 0,
      retries: 0,
    },
    files: [{ objectIdentifier: 'file,1', instance: 1, accessMethod: 'stream', ...kept }],
  });
}

if (process.argv[2] === 'compare') {
  const repository = await openRepository(process.argv[3]);
  const [b, a] = await repository.images();
  const began = performance.now();
  const { content } = (await diffImages(repository, a, b)).files[0];
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  const views = content.views.map((view) => view.kind).join(' and ') || 'none';
  console.log(`${seconds} s, peak ${peak} MiB: ${content.method}, ${content.total} ranges, view ${views}`);
} else {
  const size = Number(process.argv[2] ?? 200);
  for (const mib of [size, 8]) {
    for (const [name, changed] of Object.entries(CASES(mib * MIB - 1000))) {
      const folder = mkdtempSync(join(tmpdir(), 'bacvault-bench-'));
      try {
        const repository = await initRepository(folder);
        const isText = name.startsWith('text');
        if (isText && mib > 8) continue;
        await image(
          repository,
          isText ? [text(mib * MIB - 1000, 0)] : noise(mib * MIB - 1000, 1),
          '2026-03-01T00:00:00Z',
        );
        await image(repository, changed(), '2026-03-02T00:00:00Z');
        const self = fileURLToPath(import.meta.url);
        const { stdout, stderr } = spawnSync(process.execPath, [self, 'compare', folder], {
          encoding: 'utf8',
        });
        console.log(`${mib} MiB, ${name}: ${stdout.trim() || stderr}`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }
  }
}
