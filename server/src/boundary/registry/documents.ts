// Documents of agreements: sealed as they arrive, kept in the blob store, named by a version of the agreement (spec boundary §1.2).
// Plaintext is in no file, and what broke off leaves nothing.
import { createHash } from 'node:crypto';
import { type Agreement as ShownAgreement, MAX_DOCUMENT_BYTES, ProblemError } from '@cordon/contract';
import type { Binding } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { BlobStore } from '#platform/blobs/blobs.ts';
import { type AgreementParts, findAgreement, nameDocument, readAgreement } from './agreements.ts';
import {
  deleteBrokenDocuments,
  deleteReceivingDocument,
  documentById,
  insertDocument,
  markDocumentStored,
} from './documents.queries.ts';
import type { DocumentFacts } from './rows.ts';
import { IN_PROCESS } from '#boundary/policy/zones.ts';

export interface DocumentParts extends AgreementParts {
  readonly blobs: BlobStore;
}

export interface ArrivingFile {
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface ArrivingDocument extends ArrivingFile {
  readonly agreement: string;
}

/** What a record of it says, in the transaction in which the file counts as stored. */
export type NameDocument = (
  document: DocumentFacts,
  sha256: string,
  alongside: (tx: Transaction) => Promise<void>,
) => Promise<void>;

/** Milliseconds after which an upload that is not complete is broken off: 50 MiB over the slowest line of a clinic. */
const LONGEST_UPLOAD_MS = 86_400_000;

/** The first bytes of a PDF (ISO 32000-2 §7.5.2). */
const PDF = Buffer.from('%PDF-');

/**
 * Errors: `not_found`, `service_kept`, `payload_too_large`, `unsupported_media_type` for a PDF that is none, `invalid_request` for nothing,
 * `storage_full`, whatever the stream throws; on any of them nothing is kept.
 */
export async function attachDocument(
  parts: DocumentParts,
  tenant: TenantId,
  actor: ActorRef,
  arriving: ArrivingDocument,
): Promise<ShownAgreement> {
  const { held } = await findAgreement(parts, tenant, arriving.agreement);
  if (held.row.regions.includes(IN_PROCESS)) throw new ProblemError('service_kept');
  await receiveDocument(parts, tenant, arriving, (document, sha256, alongside) =>
    nameDocument(parts, tenant, actor, { agreement: arriving.agreement, document, sha256 }, alongside),
  );
  return readAgreement(parts, tenant, arriving.agreement);
}

/** Seals a file as it arrives and has it named. Errors: as `attachDocument`, and what `name` throws; on any of them nothing is kept. */
export async function receiveDocument(
  parts: Pick<DocumentParts, 'clock' | 'keys' | 'store' | 'blobs'>,
  tenant: TenantId,
  arriving: ArrivingFile,
  name: NameDocument,
): Promise<void> {
  const id = newId();
  const begun = parts.clock.now();
  const sealer = await parts.keys.forTenant(tenant);
  const sealing = sealer.sealStream(bindingOf(tenant, id), 'configuration');
  await parts.store.asTenant(tenant, (tx) => insertDocument(tx, id, begun, sealing.wrap));
  try {
    const blob = await parts.blobs.create(blobName(tenant, id));
    const digest = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of checked(arriving)) {
        bytes += chunk.length;
        digest.update(chunk);
        await blob.write(sealing.push(chunk));
      }
      await blob.write(sealing.end());
      await blob.commit();
    } catch (error) {
      await blob.abort();
      throw error;
    }
    const document = { id, contentType: arriving.contentType, bytes, attachedAt: begun.toISOString() };
    await name(document, digest.digest('hex'), async (tx) => {
      if (!(await markDocumentStored(tx, id))) throw new ProblemError('conflict');
    });
  } catch (error) {
    await discard(parts, tenant, id);
    throw error;
  }
}

/** The bytes as they were sent, opened piece by piece. Errors: `not_found` without a document, `content_destroyed`. */
export async function openDocument(
  parts: DocumentParts,
  tenant: TenantId,
  agreement: string,
): Promise<{
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}> {
  const { held } = await findAgreement(parts, tenant, agreement);
  const { document = null } = held.row;
  if (document === null) throw new ProblemError('not_found');
  return { name: held.words.terms.name, ...(await openStored(parts, tenant, document)) };
}

/** Errors: `not_found`, `content_destroyed`. */
export async function openStored(
  parts: Pick<DocumentParts, 'keys' | 'store' | 'blobs'>,
  tenant: TenantId,
  { id, contentType }: DocumentFacts,
): Promise<{ readonly id: string; readonly contentType: string; readonly bytes: AsyncIterable<Uint8Array> }> {
  const row = await parts.store.asTenant(tenant, (tx) => documentById(tx, id));
  if (row === null || row.state !== 'stored') throw new ProblemError('not_found');
  const sealer = await parts.keys.forTenant(tenant);
  const wrap = { erasureKey: row.erasure_key, wrapped: row.wrap };
  const bytes = sealer.openStream(bindingOf(tenant, id), wrap, parts.blobs.read(blobName(tenant, id)));
  return { id, contentType, bytes };
}

/** Uploads that broke off with their process. Returns how many went. */
export async function sweepBrokenDocuments(parts: DocumentParts, tenant: TenantId): Promise<number> {
  const before = new Date(parts.clock.now().getTime() - LONGEST_UPLOAD_MS);
  const ids = await parts.store.asTenant(tenant, (tx) => deleteBrokenDocuments(tx, before));
  for (const id of ids) await parts.blobs.remove(blobName(tenant, id));
  return ids.length;
}

/** The bytes within the limit; a PDF begins like one. */
async function* checked({ bytes, contentType }: ArrivingFile): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > MAX_DOCUMENT_BYTES) throw new ProblemError('payload_too_large');
    if (head.length < PDF.length) {
      head = Buffer.concat([head, chunk.subarray(0, PDF.length)]).subarray(0, PDF.length);
      if (contentType === 'application/pdf' && !PDF.subarray(0, head.length).equals(head))
        throw new ProblemError('unsupported_media_type');
    }
    yield chunk;
  }
  if (total === 0) throw new ProblemError('invalid_request', { field: 'body' });
  if (contentType === 'application/pdf' && head.length < PDF.length) throw new ProblemError('unsupported_media_type');
}

/** Leaves neither row nor blob. If this fails too, the sweep does it. */
async function discard(parts: Pick<DocumentParts, 'store' | 'blobs'>, tenant: TenantId, id: string): Promise<void> {
  try {
    // Stored, it keeps its blob: what failed was the answer, after the commit.
    if (await parts.store.asTenant(tenant, (tx) => deleteReceivingDocument(tx, id)))
      await parts.blobs.remove(blobName(tenant, id));
  } catch {
    // The caller gets the error that led here; the row says `receiving`, so nothing is ever read from it.
  }
}

function bindingOf(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'document', id, version: 1 };
}

function blobName(tenant: TenantId, id: string): string {
  return `${tenant}/${id}`;
}
