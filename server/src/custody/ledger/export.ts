// Export bundles (docs/formats/bundle.md): what an auditor takes home. The format is proofs'; here come the rows from.
import { ProblemError } from '@cordon/contract';
import { canonicalText, coveringRange, parseEntry, writeBundle } from '@cordon/proofs';
import type { BundleCertificate, BundleFile, BundleRow, Json, RowContent } from '@cordon/proofs';
import { isProblem } from '@cordon/contract';
import type { Binding, Keys, KeyWrap } from '#custody/keys/sealer.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { bodyBinding, factsDocument } from './draft.ts';
import { hashesIn } from './plan.ts';
import { publishCheckpoint } from './publish.ts';
import type { PublishParts } from './publish.ts';
import { selectForExport, selectStream } from './read.queries.ts';
import type { ExportRow, SealedRow } from './read.queries.ts';
import { readLevel } from './checkpoint.queries.ts';

export interface ExportRequest {
  readonly tenant: TenantId;
  /** Entries by index, `from` inclusive, `to` exclusive; widened to whole entry bundles of 256. By default all. */
  readonly from?: number;
  readonly to?: number;
  readonly withFacts?: boolean;
  readonly withContent?: boolean;
}

/** Certificates of destruction that entries of the ledger name; those outside the wanted entries may be left out. */
export type Certificates = (tenant: TenantId) => AsyncIterable<BundleCertificate> | Iterable<BundleCertificate>;

export interface ExportParts extends PublishParts {
  readonly keys: Keys;
  readonly clock: Clock;
  readonly certificates: Certificates;
  /** Name and version of this program, a token. */
  readonly writer: string;
}

// Rows in memory at a time: one entry bundle; with content they may be large.
const ROWS_PER_READ = 256;

/**
 * The files of the bundle, each once, the manifest last: a broken-off export is no bundle. That somebody exports is recorded by
 * the caller before. Errors: `not_found` (empty ledger), `ledger_diverged`, `ledger_read_only`, those of the store and the keys.
 */
export async function* exportLedger(parts: ExportParts, request: ExportRequest): AsyncGenerator<BundleFile> {
  const { tenant, withFacts = false, withContent = false } = request;
  const checkpoint = await publishCheckpoint(parts, tenant);
  if (checkpoint === null) throw new ProblemError('not_found');
  const { size } = checkpoint;
  const range = coveringRange(request.from ?? 0, Math.min(request.to ?? size, size), size);
  if (range.from > range.to) throw new ProblemError('invalid_request', { field: 'from' });
  yield* writeBundle({
    checkpoint: Buffer.from(checkpoint.note),
    rows: rowsOf(parts, { tenant, withFacts, withContent, size, ...range }),
    certificates: parts.certificates(tenant),
    facts: withFacts,
    content: withContent,
    exported: parts.clock.now().toISOString(),
    vkeys: await parts.signing.vkeysAt(tenant, size),
    signer: await parts.signing.signerAt(tenant, size),
    writer: parts.writer,
  });
}

interface RowRequest {
  readonly tenant: TenantId;
  readonly size: number;
  readonly from: number;
  readonly to: number;
  readonly withFacts: boolean;
  readonly withContent: boolean;
}

/** One row per leaf of the tree: outside the range its hash alone. */
async function* rowsOf(parts: ExportParts, request: RowRequest): AsyncGenerator<BundleRow> {
  const { tenant, size, from, to } = request;
  yield* leaves(parts, tenant, 0, from);
  for (let at = from; at < to; at += ROWS_PER_READ) {
    const until = Math.min(to, at + ROWS_PER_READ);
    const rows = await parts.store.asTenant(tenant, (tx) =>
      selectForExport(tx, tenant, at, until, request.withContent),
    );
    for (const row of rows) yield await rowOf(parts, request, row);
  }
  yield* leaves(parts, tenant, to, size);
}

async function* leaves(parts: ExportParts, tenant: TenantId, from: number, to: number): AsyncGenerator<BundleRow> {
  for (let at = from; at < to; at += ROWS_PER_READ) {
    const until = Math.min(to, at + ROWS_PER_READ);
    const hashes = await parts.store.asTenant(tenant, (tx) => readLevel(tx, tenant, 0, at, until));
    for (const leaf of hashesIn(hashes)) yield { leaf };
  }
}

async function rowOf(parts: ExportParts, request: RowRequest, row: ExportRow): Promise<BundleRow> {
  const facts = request.withFacts && row.facts !== null && row.salt !== null;
  const content = request.withContent ? await contentOf(parts, request.tenant, row) : undefined;
  return {
    header: row.header,
    ...(facts ? { facts: Buffer.from(factsDocument(canonicalText(row.facts as Json), row.salt)) } : {}),
    ...(content === undefined ? {} : { content }),
  };
}

async function contentOf(parts: ExportParts, tenant: TenantId, row: ExportRow): Promise<RowContent | undefined> {
  const { stream, id } = parseEntry(row.header);
  if (stream !== undefined) {
    const sealed = await parts.store.asTenant(tenant, (tx) => selectStream(tx, tenant, stream.id));
    return contentRow(parts, 'stream', { tenant, kind: 'stream', id: stream.id, version: 1 }, sealed);
  }
  const { ciphertext, erasureKey, wrapped } = row;
  const sealed =
    ciphertext === null || erasureKey === null || wrapped === null ? null : { ciphertext, erasureKey, wrapped };
  return contentRow(parts, 'object', bodyBinding(tenant, id), sealed);
}

async function contentRow(
  parts: ExportParts,
  kind: RowContent['kind'],
  binding: Binding,
  sealed: SealedRow | null,
): Promise<RowContent | undefined> {
  if (sealed === null) return undefined;
  const { ciphertext, erasureKey, wrapped } = sealed;
  const dataKey = await dataKeyOf(parts.keys, binding.tenant, { erasureKey, wrapped });
  return { kind, sealed: ciphertext, key: dataKey === null ? null : { binding, dataKey } };
}

/** Null when it was destroyed: then the sealed bytes prove only that they were there. */
async function dataKeyOf(keys: Keys, tenant: TenantId, wrap: KeyWrap): Promise<Uint8Array | null> {
  try {
    return await (await keys.forTenant(tenant)).dataKey(wrap);
  } catch (error) {
    if (isProblem(error) && error.code === 'content_destroyed') return null;
    throw error;
  }
}
