// Where data may be (spec boundary §3.4): zones form a tree, and regions, as vendors name them, lie in zones. A name that the tree does
// not know lies in nothing but itself: `eu-west-2` is London and `eu-central-2` Zürich, so no name is read by its beginning.
import type { Policy } from '@cordon/contract';

/** The region of a service that runs inside this process: nothing leaves, wherever the data must stay. */
export const IN_PROCESS = 'in-process';

export interface ZoneTree {
  /** Whether a region or zone lies in a zone. */
  lies(place: string, zone: string): boolean;
  /** The narrowest of zones that lie in one another; null for none; undefined when two of them lie apart. */
  strictest(zones: readonly string[]): string | null | undefined;
}

export function zoneTree(zones: Policy['zones']): ZoneTree {
  const parents = new Map(zones.map(({ zone, within }) => [zone, within]));
  const around = new Map<string, ReadonlySet<string>>();
  for (const { zone, regions } of zones) {
    const outward = upward(zone, parents);
    around.set(zone, outward);
    for (const region of regions) around.set(region, new Set([region, ...outward]));
  }
  const lies = (place: string, zone: string): boolean =>
    place === IN_PROCESS || place === zone || around.get(place)?.has(zone) === true;
  return {
    lies,
    strictest: (demanded) => {
      let strictest: string | null = null;
      for (const zone of demanded) {
        if (strictest === null || lies(zone, strictest)) strictest = zone;
        else if (!lies(strictest, zone)) return undefined;
      }
      return strictest;
    },
  };
}

function upward(zone: string, parents: ReadonlyMap<string, string | null>): Set<string> {
  const seen = new Set<string>();
  for (let at: string | null = zone; at !== null && !seen.has(at); at = parents.get(at) ?? null) seen.add(at);
  return seen;
}
