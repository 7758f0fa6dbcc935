// Who goes first: the device that would be missed most. Pure.

/** What the order of a device rests on. */
export interface Rank {
  readonly device: number;
  /** When its newest image was made, ms since 1970; undefined: never. */
  readonly imageAtMs?: number;
  /** Its Database_Revision is not that of its newest image. */
  readonly changed?: boolean;
  /** It did not answer when it was looked at: it may hold its lane up for nothing, so it comes last. */
  readonly silent?: boolean;
}

/** Never backed up, then changed since its image, then the oldest image; those that do not answer at the end. */
export function byRisk(a: Rank, b: Rank): number {
  return (
    Number(a.silent === true) - Number(b.silent === true) ||
    classOf(a) - classOf(b) ||
    (a.imageAtMs ?? 0) - (b.imageAtMs ?? 0) ||
    a.device - b.device
  );
}

function classOf({ imageAtMs, changed }: Rank): number {
  if (imageAtMs === undefined) return 0;
  return changed === true ? 1 : 2;
}
