// Members that recur on the wire, each defined once.
import { z } from 'zod';
import {
  DEFAULT_PAGE_ITEMS,
  MAX_CURSOR_CHARS,
  MAX_EMAIL_CHARS,
  MAX_IDEMPOTENCY_CHARS,
  MAX_LABEL_CHARS,
  MAX_LEDGER_INDEX,
  MAX_PAGE_ITEMS,
  MAX_REASON_CHARS,
  MAX_TIME_CHARS,
  MAX_URL_CHARS,
} from './limits.ts';

/** Lower-case UUID (RFC 9562); every stored thing has a version 7. */
export const Id = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  .meta({ format: 'uuid' });

/** Path parameter of most routes. */
export const IdParams = z.strictObject({ id: Id });

/** RFC 3339, UTC (`Z`). */
export const Time = z.iso.datetime().max(MAX_TIME_CHARS).meta({ description: 'RFC 3339, UTC.' });

/** Calendar day, UTC. */
export const Day = z.iso.date().max(10);

/** An address of the web. */
export const Address = z
  .url({ protocol: /^https?$/ })
  .max(MAX_URL_CHARS)
  .meta({ description: 'http or https.' });

/** Seconds from the beginning of the recording. */
export const Seconds = z.number().min(0).meta({ description: 'Seconds.' });

export const Count = z.number().int().min(0);

/** Position of an entry in a tenant's ledger, from 0. */
export const LedgerIndex = z.number().int().min(0).max(MAX_LEDGER_INDEX);

/** SHA-256, RFC 4648 base64 with padding. */
export const HashBase64 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/);

/** A short text that a person gave: a label, a name. Trimmed by the sender; no control characters. */
export const Label = z
  .string()
  .min(1)
  .max(MAX_LABEL_CHARS)
  .regex(/^\P{Cc}+$/u);

/** Free text that a person typed. It is PHI until shown otherwise: sealed, never logged, never in a header. */
export const Reason = z.string().min(1).max(MAX_REASON_CHARS);

export const Email = z.email().max(MAX_EMAIL_CHARS);

/** What the ledger says about an act: the index of its entry. */
export const LedgerReceipt = z
  .strictObject({ entryId: Id, index: LedgerIndex, time: Time })
  .meta({ id: 'LedgerReceipt', description: 'Where the act stands in the tenant’s ledger.' });
export type LedgerReceipt = z.infer<typeof LedgerReceipt>;

/** Query of every list: a cursor from the page before, and how many items. */
export const pageQuery = {
  cursor: z
    .string()
    .max(MAX_CURSOR_CHARS)
    .regex(/^[A-Za-z0-9_-]+$/)
    .exactOptional()
    .meta({ description: 'The `next` of the page before; left out for the first page.' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE_ITEMS)
    .default(DEFAULT_PAGE_ITEMS)
    .meta({ description: 'Items per page.' }),
};

export const PageQuery = z.strictObject(pageQuery);

/** One page of a list. `next` is null on the last. */
export function pageOf<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }, z.core.$strict> {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

/** Edits name the version they were made on (RFC 9110 §13.1.1); without it the edit is refused. */
export const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^"[\x21\x23-\x7e]{1,128}"$/)
    .meta({ description: 'The ETag of the version that was read.' }),
});

/** Makes a repeated request the first one again (one effect, one outcome, one cost). */
export const Idempotency = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(MAX_IDEMPOTENCY_CHARS)
    .regex(/^[\x21-\x7e]+$/)
    .exactOptional()
    .meta({
      description:
        'Any text of the caller’s own. For 24 hours a repetition of the request is answered with the first answer and `Cordon-Replayed: true`, and nothing is done twice; another request under the same key is refused. Of a streamed body only type and length count.',
    }),
});
