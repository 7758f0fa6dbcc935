// The summary of a run as one page that can be mailed: a single file, without scripts and without anything from
// elsewhere. Everything that came from devices is escaped by the template.

import type { DeviceResult, FleetSummary } from '../../index.js';
import { DIFF_STYLE } from './diff-style.js';
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
import { Html, markup } from './html.js';
import { duration, grouped, moment, octets, printable } from './text.js';

/** The whole page. `version` is that of the program. */
export function fleetHtml(summary: FleetSummary, version: string): string {
  const { rule, site, outcome, counts, startedAt, durationMs, warnings, problem, devices } = summary;
  const title = `${printable(site)}: ${printable(rule)} of ${moment(startedAt)}`;
  const tone = outcome === 'done' ? 'equal' : outcome === 'partial' ? 'volatile' : 'different';
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="bacvault ${version}">
<title>${title}</title>
<style>${new Html(DIFF_STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="verdict ${tone}">${grouped(counts.protected)} of ${grouped(counts.devices)} devices protected: ${RUN_OUTCOMES[outcome]}</p>
<p>${countsText(summary)}; ${duration(durationMs)}.</p>
${problem && markup`<p><strong>Stopped by:</strong> ${printable(problem.message)}</p>`}
${warnings.map((text) => markup`<p>Warning: ${printable(text)}</p>`)}
</header>
<main>
${section('Not protected', notProtected(summary))}
${section('To be looked at', lookedAt(summary))}
${section('Changed since the image before', changed(summary))}
<section>
<h2>All devices</h2>
<details><summary>${grouped(devices.length)} devices</summary>
${deviceTable(devices, true)}
</details>
</section>
</main>
<footer>Made by bacvault ${version}. Times are in UTC.</footer>
</body>
</html>
`;
  return page.text;
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
