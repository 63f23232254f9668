// The evidence of a method record, step by step: measured, reviewed, its risk measured, its document attached. The long work comes before the
// transaction, which looks again whether the record is still a draft.
import { type MethodRecord as ShownMethod, ProblemError } from '@cordon/contract';
import { openStored, receiveDocument, type ArrivingFile } from '#boundary/registry/documents.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { type DatasetRequest, measureDataset } from './dataset.ts';
import { addEvidence, findMethod, type MethodParts, mustBeOpen, readMethod } from './methods.ts';
import type { HeldMethod } from './method-rows.ts';
import { countReview, measureSample, type SampleParts } from './sample.ts';

type Bytes = AsyncIterable<Uint8Array>;

/** Errors: `not_found`, `method_closed`, `sample_unusable`, `payload_too_large`. */
export async function measureRecord(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  bytes: Bytes,
): Promise<ShownMethod> {
  const sampled = sampling(parts, await mustBeOpen(parts, tenant, id));
  const measurement = { ...(await measureSample(sampled, bytes)), ...doneBy(parts, actor), ...ranOn(parts) };
  return addEvidence(parts, tenant, actor, { id, name: 'measured', adds: { words: { measurement } } });
}

/** Errors: as `measureRecord`. */
export async function reviewRecord(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  bytes: Bytes,
): Promise<ShownMethod> {
  const sampled = sampling(parts, await mustBeOpen(parts, tenant, id));
  const review = { ...(await countReview(sampled, bytes)), ...doneBy(parts, actor), ...ranOn(parts) };
  return addEvidence(parts, tenant, actor, { id, name: 'reviewed', adds: { words: { review } } });
}

/** Errors: `not_found`, `method_closed`, `dataset_unusable`, `payload_too_large`. */
export async function measureRiskOf(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  { id, request, bytes }: { readonly id: string; readonly request: DatasetRequest; readonly bytes: Bytes },
): Promise<ShownMethod> {
  await mustBeOpen(parts, tenant, id);
  const report = await measureDataset(parts.engine(), request, bytes, yearOf(parts));
  const risk = { ...report, ...doneBy(parts, actor) };
  return addEvidence(parts, tenant, actor, { id, name: 'risk-measured', adds: { words: { risk } } });
}

/** Errors: `not_found`, `method_closed`, and as `receiveDocument`. */
export async function attachToRecord(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  { id, arriving }: { readonly id: string; readonly arriving: ArrivingFile },
): Promise<ShownMethod> {
  await mustBeOpen(parts, tenant, id);
  await receiveDocument(parts, tenant, arriving, async (document, sha256, alongside) => {
    const adds = { words: { sha256 }, row: { document } };
    await addEvidence(parts, tenant, actor, { id, name: 'documented', adds }, alongside);
  });
  return readMethod(parts, tenant, id);
}

/** Errors: `not_found` without a document, `content_destroyed`. */
export async function openRecordDocument(
  parts: MethodParts,
  tenant: TenantId,
  id: string,
): Promise<{ readonly name: string } & Awaited<ReturnType<typeof openStored>>> {
  const { row } = await findMethod(parts, tenant, id);
  if (row.document === null) throw new ProblemError('not_found');
  return { name: row.name, ...(await openStored(parts, tenant, row.document)) };
}

/** Errors: `method_closed` of a limited data set, which no engine makes. */
function sampling(parts: MethodParts, { row }: HeldMethod): SampleParts {
  if (row.profile === null) throw new ProblemError('method_closed');
  return { engine: parts.engine(), profile: row.profile, year: yearOf(parts) };
}

function yearOf({ clock }: MethodParts): number {
  return clock.now().getUTCFullYear();
}

function doneBy({ clock }: MethodParts, actor: ActorRef): { readonly by: string; readonly at: string } {
  return { by: actor.id, at: clock.now().toISOString() };
}

function ranOn({ running }: MethodParts): { readonly fingerprint: string } {
  return { fingerprint: running.fingerprint };
}
