// The fleet: many devices of one site. What the site file says, and which devices it means.

export { siteJsonSchema } from './site/schema.js';
export { mistakeText, parseSite, readSite, type SiteMistake, type SiteReading } from './site/read.js';
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
