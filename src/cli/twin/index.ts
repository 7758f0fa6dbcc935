// The door to twins: the one place where images meet the simulator. For the commands twin and drill alone.

export { emptyFiles, loadFiles, requireHoldable } from './content.js';
export { twinDevice, type TwinRequest } from './device.js';
export { drillText } from './drill-text.js';
export { learnedSince } from './learned.js';
export { addTwinOptions, type TwinOptions } from './options.js';
export { twinProfile, type TwinProfile } from './profile.js';
export { proveTwin } from './proof.js';
export { type Blank, type Rehearsal, type RehearsalOptions, RehearsalStage } from './rehearsal.js';
export { type Likeness, likenessLines, likenessOf } from './render.js';
export { type DrillReport, drillReport } from './report.js';
