// An endpoint that does what a test says: for tests of the pump and the wire, which drive any endpoint.

import type { EndpointInput, Machine, Output } from '../../../protocol/index.js';

export class ScriptedEndpoint implements Machine<EndpointInput, Output> {
  readonly inputs: (EndpointInput & { readonly at: number })[] = [];
  deadline: number | undefined;
  /** What to answer to an input; default nothing. */
  react: (input: EndpointInput, now: number) => Output[] = () => [];

  handle(input: EndpointInput, now: number): Output[] {
    this.inputs.push({ ...input, at: now });
    return this.react(input, now);
  }

  nextDeadline(): number | undefined {
    return this.deadline;
  }

  /** Kinds and times of the inputs so far. */
  get seen(): string[] {
    return this.inputs.map(({ kind, at }) => `${kind}@${at}`);
  }
}
