// Limits of calls under way that hold over all server processes (spec boundary §5, docs/decisions/0139). A process holds as many places as it
// has calls under way, a hundredth of the limit more at most, under a lease that it renews: what a killed one held is free when it ends.
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { placesHeld, settlePlaces } from './places.queries.ts';

/** Parts of a limit that are taken at a time; a limit below is taken one by one. */
const PARTS_PER_LIMIT = 100;
/** Milliseconds that a process is believed to hold its places without saying so, and between two signs of life. */
const LEASE_MS = 30_000;
const BEAT_MS = 10_000;

export interface PlaceLimit {
  readonly tenant: TenantId;
  readonly holder: string;
  readonly most: number;
}

interface Held {
  readonly tenant: TenantId;
  readonly holder: string;
  most: number;
  /** Places that this process holds, and those that have a call in them. */
  mine: number;
  used: number;
  waiting: number;
  /** Writes of one holder go one after the other. */
  last: Promise<unknown>;
}

export class SharedPlaces {
  readonly #store: Store;
  readonly #process = newId();
  readonly #held = new Map<string, Held>();
  readonly #beat: NodeJS.Timeout;

  constructor({ store }: { readonly store: Store }) {
    this.#store = store;
    this.#beat = setInterval(() => void this.#renew(), BEAT_MS).unref();
  }

  /** Gives what frees the place; null when none is left. */
  async enter(limit: PlaceLimit): Promise<(() => void) | null> {
    const held = this.#heldOf(limit);
    held.waiting += 1;
    try {
      while (held.used >= Math.min(held.mine, held.most)) if (!(await this.#grow(held))) return null;
      held.used += 1;
    } finally {
      held.waiting -= 1;
    }
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      held.used -= 1;
      if (held.mine - held.used >= partOf(held)) void this.#write(held, () => held.used).catch(() => undefined);
    };
  }

  /** Calls under way in all processes, and places that they keep at hand. */
  underWay(tenant: TenantId, holder: string): Promise<number> {
    return this.#store.asTenant(tenant, (tx) => placesHeld(tx, holder));
  }

  async returnAll(): Promise<void> {
    clearInterval(this.#beat);
    const all = [...this.#held.values()];
    this.#held.clear();
    for (const held of all) {
      held.used = 0;
      await this.#write(held, () => 0).catch(() => undefined);
    }
  }

  #heldOf({ tenant, holder, most }: PlaceLimit): Held {
    const name = `${tenant}/${holder}`;
    let held = this.#held.get(name);
    if (held === undefined) {
      held = { tenant, holder, most, mine: 0, used: 0, waiting: 0, last: Promise.resolve() };
      this.#held.set(name, held);
    }
    held.most = most;
    return held;
  }

  /** False: no place is left. True: there is one, unless another caller was faster. */
  #grow(held: Held): Promise<boolean> {
    if (held.used >= held.most) return Promise.resolve(false);
    return this.#inTurn(held, async () => {
      if (held.used < held.mine) return true; // the write before has made room
      return this.#settle(held, held.used + Math.max(held.waiting, partOf(held)));
    });
  }

  #write(held: Held, wanted: () => number): Promise<boolean> {
    return this.#inTurn(held, () => this.#settle(held, wanted()));
  }

  #inTurn(held: Held, write: () => Promise<boolean>): Promise<boolean> {
    const done = held.last.then(write);
    held.last = done.catch(() => undefined);
    return done;
  }

  /** Until the answer is there no place but those in use is this process's: it may be another's. */
  async #settle(held: Held, wanted: number): Promise<boolean> {
    const { tenant, holder, most, used } = held;
    held.mine = used;
    const process = this.#process;
    const asked = { used, wanted, most, leaseMs: LEASE_MS };
    held.mine = await this.#store.asTenant(tenant, (tx) => settlePlaces(tx, { holder, process }, asked));
    return held.mine > used;
  }

  async #renew(): Promise<void> {
    for (const [name, held] of this.#held) {
      if (held.mine === 0 && held.used === 0 && held.waiting === 0) this.#held.delete(name);
      else await this.#write(held, () => held.used).catch(() => undefined); // a lost beat is made good by the next
    }
  }
}

function partOf({ most }: Held): number {
  return Math.max(1, Math.floor(most / PARTS_PER_LIMIT));
}
