// What the command line uses of the engine: functions of the public API, as one object that tests can
// replace. Nothing of the engine is called except through it.

import * as api from '../index.js';

/** The functions of the public API that the commands call. */
export type Engine = Pick<
  typeof api,
  | 'openClient'
  | 'openRepository'
  | 'initRepository'
  | 'checkFolder'
  | 'probe'
  | 'backup'
  | 'planRestore'
  | 'restore'
  | 'recover'
  | 'rollBack'
  | 'verify'
  | 'diffImages'
  | 'diffDevice'
  | 'createArchive'
  | 'openArchive'
  | 'openSourceFolder'
  | 'judgeHistory'
  | 'runFleet'
  | 'serve'
  | 'messengers'
  | 'openMonitor'
  | 'probeFleet'
  | 'protection'
  | 'parseTarget'
  | 'formatTarget'
>;

/** The engine itself. */
export const realEngine: Engine = api;
