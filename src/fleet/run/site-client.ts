// How a client stands on the network of a site: its file's words as the options of a client. Pure.

import { type ClientOptions, parseHost } from '../../client/index.js';
import { EngineError } from '../../errors.js';
import type { Rule, Site } from '../site/types.js';
import { paceOf } from './lanes.js';

/** As `openClient` takes it. */
export interface SiteClient {
  readonly local?: { readonly address?: string; readonly port?: number };
  readonly broadcast?: string;
  readonly bbmd?: string;
  readonly bbmdTtlSeconds?: number;
  readonly apduTimeoutMs?: number;
  readonly retries?: number;
  readonly pace: NonNullable<ClientOptions['pace']>;
}

/** With a rule, at its pace. Throws EngineError `usage` for a rule that is none. */
export function siteClient(site: Site, ruleName?: string): SiteClient {
  const rule: Rule | undefined = site.rules.find(({ name }) => name === ruleName);
  if (ruleName !== undefined && rule === undefined)
    throw new EngineError('usage', `This site has no rule "${ruleName}".`);
  const { local, broadcast, bbmd, ttlSeconds, apduTimeoutMs, retries } = site.network;
  return {
    ...(local === undefined ? {} : { local: localOf(local) }),
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(bbmd === undefined ? {} : { bbmd }),
    ...(ttlSeconds === undefined ? {} : { bbmdTtlSeconds: ttlSeconds }),
    ...(apduTimeoutMs === undefined ? {} : { apduTimeoutMs }),
    ...(retries === undefined ? {} : { retries }),
    pace: paceOf(site.lanes, rule?.pacing),
  };
}

function localOf(text: string): { readonly address?: string; readonly port?: number } {
  const { host, port } = parseHost(text, 'local', { anyPort: true });
  return { address: host, ...(text.includes(':') ? { port } : {}) };
}
