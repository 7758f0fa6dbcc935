// The summary of a run as one page that can be mailed. Everything that came from devices is escaped by the template.

import type { DeviceResult, FleetSummary } from '../../index.js';
import {
  changed,
  countsText,
  lastImage,
  lookedAt,
  notProtected,
  OUTCOMES,
  RUN_OUTCOMES,
  whyText,
} from './fleet-text.js';
import { type Html, markup } from './html.js';
import { page } from './page.js';
import { duration, grouped, moment, octets, printable } from './text.js';

/** The whole page. `version` is that of the program. */
export function fleetHtml(summary: FleetSummary, version: string): string {
  const { rule, site, outcome, counts, startedAt, durationMs, warnings, problem, devices } = summary;
  const title = `${printable(site)}: ${printable(rule)} of ${moment(startedAt)}`;
  const tone = outcome === 'done' ? 'equal' : outcome === 'partial' ? 'volatile' : 'different';
  const header = markup`<p class="verdict ${tone}">${grouped(counts.protected)} of ${grouped(counts.devices)} devices protected: ${RUN_OUTCOMES[outcome]}</p>
<p>${countsText(summary)}; ${duration(durationMs)}.</p>
${problem && markup`<p><strong>Stopped by:</strong> ${printable(problem.message)}</p>`}
${warnings.map((text) => markup`<p>Warning: ${printable(text)}</p>`)}`;
  const main = markup`${section('Not protected', notProtected(summary))}
${section('To be looked at', lookedAt(summary))}
${section('Changed since the image before', changed(summary))}
<section>
<h2>All devices</h2>
<details><summary>${grouped(devices.length)} devices</summary>
${deviceTable(devices, true)}
</details>
</section>`;
  return page({ title, version, header, main, footer: 'Times are in UTC.' });
}

function section(title: string, devices: readonly DeviceResult[]): Html | undefined {
  if (devices.length === 0) return undefined;
  return markup`<section>
<h2>${title}: ${grouped(devices.length)}</h2>
${deviceTable(devices, false)}
</section>
`;
}

function deviceTable(devices: readonly DeviceResult[], all: boolean): Html {
  const rows = devices.map(
    (
      one,
    ) => markup`<tr><td class="num">${one.device}</td><td>${printable(one.name ?? '')}</td><td>${one.address ?? ''}</td><td>${OUTCOMES[one.outcome]}</td><td>${lastImage(one)}</td><td>${all ? sizeText(one) : whyText(one)}</td></tr>
`,
  );
  return markup`<table>
<tr><th class="num">Instance</th><th>Name</th><th>Address</th><th>Outcome</th><th>Newest image</th><th>${all ? 'Octets and time' : 'Why'}</th></tr>
${rows}</table>`;
}

function sizeText({ octets: size, durationMs }: DeviceResult): string {
  return [
    ...(size === undefined ? [] : [octets(size)]),
    ...(durationMs === undefined ? [] : [duration(durationMs)]),
  ].join(', ');
}
