// Rulebooks kept between calls. A rulebook is a few hundred rows and the same for thousands of calls; reading it for each of them would
// be the dearest thing a call does. One is used as it is for a second, then asked for its stamp, and read again when that differs.
import type { TenantId } from '#kernel/ids.ts';

/**
 * Milliseconds for which a rulebook is used without a look. What another process recorded (an agreement ended, say) holds here at most so
 * much later; the ledger's rules leave 60 s for it (docs/formats/entry.md §4). What this process recorded holds at once.
 */
const FRESH_MS = 1_000;

/** Tenants whose books are kept; beyond, all are read again. A book of a hundred services takes about 200 kB. */
const MAX_BOOKS = 500;

interface Source<Book> {
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly stamp: (tenant: TenantId) => Promise<string>;
  readonly load: (tenant: TenantId) => Promise<{ readonly stamp: string; readonly book: Book }>;
}

interface Kept<Book> {
  readonly stamp: string;
  readonly book: Book;
  readonly checkedAt: number;
}

export interface Rulebooks<Book> {
  readonly get: (tenant: TenantId) => Promise<Book>;
  readonly forget: (tenant: TenantId) => void;
}

export function createRulebooks<Book>({ now, stamp, load }: Source<Book>): Rulebooks<Book> {
  const kept = new Map<TenantId, Kept<Book>>();
  const looking = new Map<TenantId, Promise<Book>>();

  /** What was forgotten while it was being looked at is not kept. */
  async function look(tenant: TenantId, isCurrent: () => boolean): Promise<Book> {
    const held = kept.get(tenant);
    const startedAt = now();
    const found = held !== undefined && (await stamp(tenant)) === held.stamp ? held : await load(tenant);
    if (isCurrent()) {
      if (kept.size >= MAX_BOOKS) kept.clear();
      kept.set(tenant, { stamp: found.stamp, book: found.book, checkedAt: startedAt });
    }
    return found.book;
  }

  function lookOnce(tenant: TenantId): Promise<Book> {
    const under = looking.get(tenant);
    if (under !== undefined) return under;
    const started: Promise<Book> = look(tenant, () => looking.get(tenant) === started).finally(() => {
      if (looking.get(tenant) === started) looking.delete(tenant);
    });
    looking.set(tenant, started);
    return started;
  }

  return {
    get: async (tenant) => {
      const held = kept.get(tenant);
      return held !== undefined && now() - held.checkedAt < FRESH_MS ? held.book : lookOnce(tenant);
    },
    forget: (tenant) => {
      kept.delete(tenant);
      looking.delete(tenant);
    },
  };
}
