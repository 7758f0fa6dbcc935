// The fleet: many devices of one site. What the site file says and which devices it means, runs of its rules and when
// they are due, what is protected, and who is told.

export { siteJsonSchema } from './site/schema.js';
export { mistakeText, parseSite, readSite, type SiteMistake, type SiteReading } from './site/read.js';
export { type ProbedDevice, probeFleet, type ProbeFleetOptions } from './probe.js';
export { paceOf } from './run/lanes.js';
export { siteClient } from './run/site-client.js';
export { type RunFleetOptions, type RunOptions } from './run/options.js';
export { newestImages, ruleOf } from './run/ground.js';
export { runFleet } from './run/run.js';
export {
  type DeviceOutcome,
  type DeviceResult,
  type FleetCounts,
  type FleetEvent,
  type FleetOutcome,
  type FleetSummary,
  type ImageChange,
  PROTECTING,
} from './run/types.js';
export { PROTECTION_STATES, type Judgement, type ProtectionState } from './status/judge.js';
export { type DeviceStatus, protection, STALE_AFTER_MS, type StatusOptions } from './status/status.js';
export { brokenSummary } from './schedule/broken.js';
export { nextRun, timeThere, windowAt } from './schedule/times.js';
export { type RuleRun, type RunResult, serve, type ServeEvent, type ServePorts } from './schedule/serve.js';
export {
  channelName,
  notify,
  type NotificationReport,
  type NotifyPorts,
  subjectOf,
} from './notify/notify.js';
export { type FoundDevice, siteTemplate, type TemplateOptions } from './site/template.js';
export { covers, passwordOf, type SelectableDevice, type Selection, selects } from './site/select.js';
export type {
  Channel,
  Group,
  InstanceRange,
  LaneLimits,
  NetworkLimits,
  Notification,
  Rule,
  RulePacing,
  RuleWindow,
  SecretRef,
  Selector,
  Site,
  SiteDevice,
  SiteDiscovery,
  SiteNetwork,
} from './site/types.js';
