// A drill's report as people read it.

import type { ImageSummary, RestoreReport } from '../../index.js';
import { counted, duration, octets, printable, printableMaybe } from '../render/text.js';
import { type FileProof, fileTitle } from './proof.js';
import { likenessLines } from './render.js';
import type { DrillReport } from './report.js';

type DrillEstimate = NonNullable<DrillReport['estimate']>;

const BLANK = { empty: 'its files empty', missing: 'its files missing' } as const;

/** The report, ended by where it is kept. */
export function drillText(report: DrillReport, { manifest }: ImageSummary, run: string): string {
  const { twin, restore, estimate } = report;
  const name = printableMaybe(manifest.device.name);
  const device = `device ${report.device}${name === undefined ? '' : ` ${name}`}`;
  const behind = twin.network === undefined ? '' : `, behind a router on network ${twin.network}`;
  const lines = [
    `Drill of image ${report.imageId.slice(0, 8)}, ${device}: ${report.passed ? 'passed' : 'FAILED'}`,
    `  restored onto a blank twin, ${BLANK[twin.blank]}: ${octets(twin.maxApdu)} an APDU, segmentation ${twin.segmentation}${behind}`,
    ...likenessLines(twin),
    ...(restore === undefined ? [] : [verdictLine(restore)]),
    ...report.files.map(proofLine),
    ...(restore?.deviations ?? [])
      .filter((text) => !manifest.procedure.deviations.includes(text))
      .map((text) => `  met and handled: ${printable(text)}`),
    ...(restore?.unproven ?? []).map((text) => `  NOT PROVEN by the restore itself: ${printable(text)}`),
    ...report.failures.map((text) => `  FAILED: ${printable(text)}`),
    ...(estimate === undefined ? [] : [estimateLine(estimate)]),
    ...report.cannotShow.map((text) => `  not shown by a drill: ${text}`),
    `Kept beside the image; run log ${run}. It took ${duration(report.tookMs)} here.`,
  ];
  return `${lines.join('\n')}\n`;
}

function proofLine(proof: FileProof): string {
  const size = [
    octets(proof.octets),
    ...(proof.records === undefined ? [] : [counted(proof.records, 'record')]),
  ];
  const verdict = proof.problem === undefined ? 'equal' : `DIFFERENT, ${proof.problem}`;
  return `  ${fileTitle(proof)} in the twin's memory: ${verdict} (${size.join(', ')})`;
}

/** The restore's own verdict: the twin's memory was compared besides, without it. */
function verdictLine({ verdict, readBack, proof }: RestoreReport): string {
  const read = readBack === 'equal' ? 'read back equal' : 'could NOT be read back';
  return `  the restore itself: ${verdict}; ${read}, backed up again and compared: ${proof.outcome}`;
}

function estimateLine({ totalMs, undoMs, writeMs, proofMs, outageMs }: DrillEstimate): string {
  const away = outageMs === undefined ? '' : ` (${duration(outageMs)} from START until it is back)`;
  return (
    `  on the recorded device at least ${duration(totalMs)}: undo image, read twice ${duration(undoMs)}, ` +
    `restore ${duration(writeMs)}${away}, proof ${duration(proofMs)}`
  );
}
