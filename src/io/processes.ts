// The real processes of this computer: who we are, and whether another one still runs. Asks the operating
// system and changes nothing: the signal that is "sent" is none.

import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Processes, ProcessIdentity } from '../ports.js';
import { systemCode } from './file-system.js';

export function systemProcesses(): Processes {
  return { own: () => identityOf(process.pid), stateOf };
}

async function identityOf(processId: number): Promise<ProcessIdentity> {
  const facts = await factsOf(processId);
  return {
    processId,
    host: hostname(),
    ...(facts === undefined ? {} : { processMark: facts.processMark }),
  };
}

async function stateOf(given: ProcessIdentity): Promise<'running' | 'gone' | 'elsewhere'> {
  if (given.host !== hostname()) return 'elsewhere';
  if (!isThere(given.processId)) return 'gone';
  const facts = await factsOf(given.processId);
  if (facts === undefined) return 'running';
  // Process ids are used again: after a restart of the computer, and in a container at once.
  const isAnother = given.processMark !== undefined && facts.processMark !== given.processMark;
  return isAnother || facts.isDead ? 'gone' : 'running';
}

function isThere(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * What Linux alone tells of a process: when it was started, in ticks since a start of the computer that has
 * a name, and whether it only waits to be buried.
 */
async function factsOf(
  processId: number,
): Promise<{ readonly processMark: string; readonly isDead: boolean } | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${processId}/stat`, 'utf8');
    // proc_pid_stat(5) from field 3 on. The second one is the name, in brackets, and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    if (state === undefined || started === undefined) return undefined;
    return { processMark: `${boot.trim()} ${started}`, isDead: /^[ZXx]$/.test(state) };
  } catch {
    return undefined;
  }
}
