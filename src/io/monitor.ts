// Health and metrics for whoever watches bacvault, over HTTP on the loopback and nowhere else: what is told there is
// nobody else's business. Tells what it is given; decides nothing.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Registry } from 'prom-client';
import { EngineError } from '../errors.js';
import type { Measure, Monitor, MonitorSource } from '../ports.js';

/**
 * Opens it on 127.0.0.1. `port` 0 takes any free one. Rejects `port-in-use`. `/health` answers 200 with the source's
 * health as JSON while it is well, else 503; `/metrics` answers in the text format of Prometheus.
 */
export async function openMonitor(port: number, source: MonitorSource): Promise<Monitor> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<{ status: number; type: string; body: string }> => {
      const [path] = (request.url ?? '').split('?');
      if (request.method !== 'GET') return { status: 405, type: 'text/plain', body: 'GET only\n' };
      if (path === '/health') {
        const { isWell, ...details } = source.health();
        const body = `${JSON.stringify({ kind: 'health', isWell, ...details })}\n`;
        return { status: isWell ? 200 : 503, type: 'application/json', body };
      }
      if (path === '/metrics') {
        const registry = registryOf(await source.measures());
        return { status: 200, type: registry.contentType, body: await registry.metrics() };
      }
      return { status: 404, type: 'text/plain', body: 'There are /health and /metrics.\n' };
    };
    answer().then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new EngineError(
          'port-in-use',
          `Health and metrics cannot be told on 127.0.0.1:${port} (${cause.code ?? ''}).`,
          {
            cause,
          },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A registry of its own for each answer: what is not measured any more is not told any more. */
function registryOf(measures: readonly Measure[]): Registry {
  const registry = new Registry();
  const made = new Map<string, Counter | Gauge>();
  for (const { name, help, kind, labels = {}, value } of measures) {
    const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
    const metric = made.get(name) ?? (kind === 'counter' ? new Counter(options) : new Gauge(options));
    made.set(name, metric);
    metric.inc(labels, value);
  }
  return registry;
}
