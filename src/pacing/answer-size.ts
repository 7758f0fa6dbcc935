// How many properties are asked for at once: as many as fit one answer in one APDU, by what each may take at most in
// all likelihood. It knows no property and no device.

import { COMPLEX_ACK_HEADER_OCTETS } from '../../protocol/index.js';

/** Object identifier, and the tags around the list of results (clause 15.7). */
const OBJECT_OCTETS = 7;

/** Property identifier, the tags around its value, and the value's own tag, at their longest. */
const RESULT_OCTETS = 8;

/** The properties in groups, in their order: each group's answer fits `room` octets of an APDU, or is one property. */
export function answerGroups(
  properties: readonly number[],
  octetsOf: (property: number) => number,
  room: number,
): readonly (readonly number[])[] {
  const groups: number[][] = [];
  const most = room - COMPLEX_ACK_HEADER_OCTETS - OBJECT_OCTETS;
  let taken = most;
  for (const property of properties) {
    const octets = octetsOf(property) + RESULT_OCTETS;
    const last = groups.at(-1);
    if (last === undefined || taken + octets > most) {
      groups.push([property]);
      taken = octets;
    } else {
      last.push(property);
      taken += octets;
    }
  }
  return groups;
}
