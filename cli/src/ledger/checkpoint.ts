// Checkpoints and entries as the server gives them, read with the same code an auditor uses.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checkpoint, FormatError, parseCheckpointText, parseNote } from '@cordon/proofs';
import { answered, type Api, isRefusal } from '#connection/api.ts';
import { Refusal } from '#failure.ts';

export interface LedgerPlace {
  /** Index of the entry in the tenant's ledger, from 0. */
  readonly index: number;
  /** Signed note text of a tree that holds the entry (docs/formats/checkpoint.md). */
  readonly checkpoint: string;
}

/** Checkpoints follow entries within moments; this long means something is wrong. */
const CHECKPOINT_LIMIT_MS = 15_000;
const CHECKPOINT_POLL_MS = 100;

/** The newest entry of `kind` that names the object, and a checkpoint over it. Errors: `not_found` when there is none. */
export async function placeOf(api: Api, kind: string, object: string, signal: AbortSignal): Promise<LedgerPlace> {
  const query = { kind, object, limit: 1 };
  const page = await answered(api.GET('/api/ledger/entries', { params: { query }, signal }));
  const index = page.items[0]?.index;
  if (index === undefined) throw new Refusal('not_found', `the ledger has no ${kind} of that object`);
  return { index, checkpoint: await checkpointOver(api, index, signal) };
}

/** The newest checkpoint once its tree holds the entry at `index`. Errors: `ledger_unavailable` when none comes. */
export async function checkpointOver(api: Api, index: number, signal: AbortSignal): Promise<string> {
  const until = Date.now() + CHECKPOINT_LIMIT_MS;
  for (;;) {
    const text = await answered(api.GET('/api/ledger/checkpoint', { parseAs: 'text', signal })).catch(unlessNone);
    if (text !== null && readCheckpoint(text).size > index) return text;
    if (Date.now() > until) throw new Refusal('ledger_unavailable', `no checkpoint holds entry ${index}`);
    await sleep(CHECKPOINT_POLL_MS, undefined, { signal });
  }
}

/** Origin, size and root of a signed note; its signature is not looked at. Errors: `verification_failed`. */
export function readCheckpoint(note: string): Checkpoint {
  try {
    return parseCheckpointText(parseNote(new TextEncoder().encode(note)).text);
  } catch (error) {
    if (error instanceof FormatError) throw new Refusal('verification_failed', `checkpoint: ${error.message}`);
    throw error;
  }
}

function unlessNone(error: unknown): null {
  if (isRefusal(error, 'not_found')) return null;
  throw error;
}
