// What leaves of a signed note: its text and its FHIR bundle. Each is an entry before it is an answer.
import { ProblemError } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { listConsents } from '#clinical/encounters/consents.ts';
import { readEncounter } from '#clinical/encounters/encounters.ts';
import { documentBundle, plainText, transactionBundle } from '#clinical/fhir/bundle.ts';
import { byUuid, noteRecord } from '#clinical/fhir/note-record.ts';
import { asSignedNote, type Endpoint, type SignedNote } from '#clinical/fhir/signed-note.ts';
import { readDraft } from '#clinical/review/drafts.ts';
import type { NoteParts, StoredNote } from '#clinical/review/notes.ts';
import { checkFileable } from '#clinical/review/signing.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import type { Principal } from '#custody/access/principal.ts';
import { newId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { guarded } from './notes.ts';
import type { PatientGuard } from './guard.ts';

type FilingHandlers = Pick<Handlers, 'getNoteText' | 'getNoteFhir'>;

export interface FilingParts extends NoteParts {
  readonly installation: string;
  /** The name of a tenant's log (docs/formats/checkpoint.md). */
  readonly logOf: (tenant: Principal['tenant']) => string;
}

export function filingHandlers(parts: FilingParts, guard: PatientGuard): FilingHandlers {
  return {
    async getNoteText({ params }, { principal, exchange }) {
      const found = await guarded(parts, guard, principal, params.id);
      const note = await gather(parts, principal, found, exchange.remoteAddress);
      const { tenant, actor } = principal;
      const objects = [{ type: 'note', id: found.meta.id, version: found.meta.version }];
      await parts.ledger.append({ tenant, actor, kind: 'export.made', objects, detail: { what: 'note-text' } });
      return { text: plainText(note).reveal(), contentType: 'text/plain; charset=utf-8' };
    },

    async getNoteFhir({ params, query }, { principal, exchange }) {
      const found = await guarded(parts, guard, principal, params.id);
      const note = await gather(parts, principal, found, exchange.remoteAddress);
      const bundle = (query.form === 'document' ? documentBundle(note) : transactionBundle(note)).reveal();
      const { tenant, actor } = principal;
      const { id, version } = found.meta;
      const objects = [{ type: 'note', id, version }];
      const detail = { bundle: newId(), note: id, version };
      await parts.ledger.append({ tenant, actor, kind: 'fhir.built', objects, detail });
      return {
        json: { ...bundle, type: query.form, entry: (bundle.entry ?? []).map((one) => ({ ...one })) },
      };
    },
  };
}

/** Errors: `demo_note`, `review_incomplete`, `sentence_uncited`, whatever stands in the way of filing. */
async function gather(
  parts: FilingParts,
  principal: Principal,
  note: StoredNote,
  address: string,
): Promise<Phi<SignedNote>> {
  const { tenant } = principal;
  checkFileable(note.review.reveal());
  const { signature } = note;
  if (signature === null) throw new ProblemError('review_incomplete');
  const { meta: draft } = await readDraft(parts, tenant, note.meta.draft);
  const { meta: transcript } = await readTranscript(parts, tenant, draft.transcript, draft.transcript_version);
  const consents = await listConsents(parts, tenant, note.meta.encounter);
  const record = noteRecord({
    tenant,
    note,
    encounter: await readEncounter(parts, tenant, note.meta.encounter),
    consent: consents[0] ?? null,
    draft,
    recording: transcript.recording,
    receipt: await parts.ledger.settle(tenant, signature.entry),
    origin: parts.logOf(tenant),
    disclosure: {
      at: parts.clock.now(),
      source: endpoint(parts.installation, 'cordon'),
      recipient: endpoint(principal.actor.id, address),
    },
  });
  if (record === null) throw new ProblemError('review_incomplete');
  return Phi.of(asSignedNote(record));
}

function endpoint(id: string, address: string): Endpoint {
  return { party: byUuid(id), address, addressType: /^[\d.:a-f]+$/.test(address) ? 'ip' : 'name' };
}
