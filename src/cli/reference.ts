// The reference of the command line as Markdown, made from the same definitions that the program runs on
// and from the error table, so that it cannot say anything else. scripts/docs.mjs writes it to docs/cli.md.

import type { Command, Option } from 'commander';
import { type ErrorCode, ERRORS } from '../index.js';
import { buildProgram, VERBS } from './program.js';
import type { Verb } from './verb.js';

/** Every exit status that is not an error's. */
const OTHER_STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [0, 'Done, and proven where it can be.'],
];

/** The whole of docs/cli.md. */
export function cliReference(): string {
  const program = buildProgram(() => () => () => Promise.resolve());
  const commands = VERBS.map((verb) => {
    const command = program.commands.find((one) => one.name() === verb.name);
    return command === undefined ? '' : commandText(verb, command);
  });
  return [INTRODUCTION, commandList(), TARGETS, CHANNELS, ...commands, statusText()].join('\n\n') + '\n';
}

const INTRODUCTION = `<!-- Made by scripts/docs.mjs from the command definitions. Change those, not this file. -->

# The command line

\`bacvault COMMAND [arguments] [options]\`. Options come after the command. \`bacvault help COMMAND\` shows the
same as this page.`;

function commandList(): string {
  const rows = VERBS.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${summary} |`);
  return ['| command | what it does |', '| --- | --- |', ...rows].join('\n');
}

const TARGETS = `## Targets, images, addresses

| written as | meaning |
| --- | --- |
| \`1201\` | device instance 1201, found by Who-Is |
| \`1201@10.1.4.77\` or \`1201@10.1.4.77:47809\` | the same at a static B/IP address; port 47808 when none is given |
| \`1201@2001:17@10.1.0.1\` | behind the router at 10.1.0.1, on network number 2001 with MAC 17. A MAC of one octet is decimal, a longer one is hex |
| \`1a2b3c4d\` | the image whose id begins with these digits, 4 or more |
| \`4194303@10.1.4.77\` | the unconfigured device there; it has no instance yet, so it needs its address |
| \`latest\` | the newest image of a device |

Addresses are IPv4 addresses. Names are not looked up: a wrong answer of a name server must never choose the
controller that is restored. A device that answers under another instance than the target's is refused.`;

/** Every kind of JSON object that a command prints. */
const KINDS = [
  'repository',
  'announcement',
  'capabilities',
  'backup-report',
  'image',
  'image-manifest',
  'image-standing',
  'image-diff',
  'extracted-file',
  'export-report',
  'import-report',
  'foreign-import-report',
  'restore-plan',
  'restore-report',
  'verify-report',
  'open-entry',
  'recover-report',
  'twin',
  'drill-report',
  'device-state',
  'finding',
  'check-report',
  'forget-decision',
  'forget-report',
  'prune-report',
  'error',
];

const CHANNELS = `## What goes where

- **stdout** holds results and nothing else.
- **stderr** holds progress, questions, warnings and errors. On a terminal a live line shows bar, rate and time
  left; elsewhere there is one line per phase and file. \`--quiet\` silences progress, never questions, warnings
  and errors.
- **\`--json\`** turns results into JSON, one object a line, each with a \`kind\`: ${KINDS.map((kind) => `\`${kind}\``).join(', ')}
  and the \`device-...\` events of a twin. A command that fails ends stdout with an \`error\` object
  (\`code\`, \`message\`, \`exitCode\`, \`retriable\`, \`hint\`, \`details\`), and still says the same in words on stderr.
  Progress is never on stdout. Programs must ignore kinds and fields that they do not know.
- **Ctrl-C** (SIGINT, SIGTERM, SIGHUP, on Windows Ctrl-Break too) ends the procedure on the device, says what
  was left behind, and exits with 130. Pressing it again does not skip that. Status 18 wins over 130: the device
  may still be in the procedure.
- **Several devices** in one command are worked through in turn. Each failure is said at once. When some
  succeeded the status is 3; when none did it is the first failure's. A fault of the repository, the disk or the
  local network ends the run at once with its own status.
- **The password** of ReinitializeDevice comes from a file or an environment variable, never from the command
  line, and is never printed or logged. More than 20 characters are refused before anything is sent.`;

function commandText(verb: Verb, command: Command): string {
  const usage = `bacvault ${verb.name} ${command.usage()}`;
  const named = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return `| \`${argument.required ? `<${name}>` : `[${name}]`}\` | ${cell(argument.description)} |`;
  });
  const given = command.options.map((option) => `| \`${option.flags}\` | ${cell(optionText(option))} |`);
  return [
    `## ${verb.name}`,
    verb.description,
    `\`\`\`\n${usage}\n\`\`\``,
    ['| argument or option | meaning |', '| --- | --- |', ...named, ...given].join('\n'),
    `\`\`\`\n${verb.examples.map(({ line, what }) => `${line}\n    # ${what}`).join('\n')}\n\`\`\``,
  ].join('\n\n');
}

function optionText(option: Option): string {
  const choices = option.argChoices === undefined ? '' : ` (one of ${option.argChoices.join(', ')})`;
  return `${option.description}${choices}${option.mandatory ? ' (required)' : ''}`;
}

function statusText(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const statuses = [...new Set(codes.map((code) => ERRORS[code].exitCode))].sort((a, b) => a - b);
  const rows = [
    ...OTHER_STATUSES.map(([status, meaning]) => `| ${status} | | ${meaning} | |`),
    ...statuses.flatMap((status) =>
      codes
        .filter((code) => ERRORS[code].exitCode === status)
        .map(
          (code) =>
            `| ${status} | \`${code}\` | ${cell(ERRORS[code].hint)} | ${ERRORS[code].retriable ? 'yes' : 'no'} |`,
        ),
    ),
  ];
  return [
    '## Exit statuses',
    'Every failure has a code, and every code an exit status. "Again" says whether a later try may succeed.',
    ['| status | code | what to do | again |', '| --- | --- | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
