// A repeated call whose first attempt was broken off: what the ledger has of it is the answer, and nothing is sent again (spec boundary
// §5, I9).
import { isProblem, isProblemCode, ProblemError } from '@cordon/contract';
import type { Answer } from '#api/routing/handler.ts';
import type { LedgerEntry, LedgerReader } from '#custody/ledger/reader.ts';
import type { TenantId } from '#kernel/ids.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const EVENTS_TYPE = 'text/event-stream; charset=utf-8';

/** `id`: of the intent. Null: nothing was begun. Errors: the first attempt's; `outcome_unknown` where it may have been sent. */
export async function recall(reader: LedgerReader, tenant: TenantId, id: string): Promise<Answer<never> | null> {
  const intent = await intentOf(reader, tenant, id);
  if (intent === null) return null;
  const outcome = await reader.outcomeOf(tenant, intent);
  if (outcome === null) throw inDoubt();
  const { status, code } = outcome.header.detail;
  const content = await reader.content(tenant, outcome.header.id);
  if (status === 'complete' && content !== null) return answerOf(intent, outcome, content.reveal());
  throw status === 'failed' || status === 'refused' ? problemOf(code) : inDoubt();
}

async function intentOf(reader: LedgerReader, tenant: TenantId, id: string): Promise<LedgerEntry | null> {
  try {
    return await reader.entry(tenant, id);
  } catch (error) {
    if (isProblem(error) && error.code === 'not_found') return null;
    throw error;
  }
}

function answerOf(intent: LedgerEntry, outcome: LedgerEntry, bytes: Uint8Array): Answer<never> {
  const { httpStatus } = outcome.header.detail;
  return {
    status: typeof httpStatus === 'number' ? httpStatus : 200,
    headers: {
      'cordon-request-id': intent.header.id,
      'cordon-intent-index': String(intent.header.index),
      'cordon-ledger-index': String(outcome.header.index),
      'cordon-replayed': 'true',
    },
    bytes,
    contentType: outcome.header.stream === undefined || httpStatus !== undefined ? JSON_TYPE : EVENTS_TYPE,
    recorded: outcome.header.id,
  };
}

function problemOf(code: unknown): ProblemError {
  return isProblemCode(code) ? new ProblemError(code) : inDoubt();
}

/** The key stays taken, as after any fault: it may have been sent, so it is never sent again. */
function inDoubt(): ProblemError {
  return new ProblemError('outcome_unknown', { settled: true });
}
