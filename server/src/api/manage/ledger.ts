// The ledger over HTTP: entries, proofs, tiles, export (spec custody §3).
import { ProblemError, type Approval, type LedgerEntry as WireEntry } from '@cordon/contract';
import { leafHash, parseCheckpointText, parseNote, parseProof, TILE_WIDTH, toBase64 } from '@cordon/proofs';
import type { BundleFile, Tile } from '@cordon/proofs';
import type { Handlers } from '#api/routing/handler.ts';
import { requirePermission, type AdmissionParts } from '#api/routing/admit.ts';
import { tarStream } from '#api/routing/tar.ts';
import type { Principal } from '#custody/access/principal.ts';
import type { ExportRequest } from '#custody/ledger/export.ts';
import type { LedgerEntry, LedgerReader } from '#custody/ledger/reader.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { ExportScope } from './custody.ts';
import { requestRecord } from './request-record.ts';

type LedgerHandlers = Pick<
  Handlers,
  | 'listLedgerEntries'
  | 'getLedgerEntry'
  | 'readLedgerContent'
  | 'proveInclusion'
  | 'proveConsistency'
  | 'getCheckpoint'
  | 'getLedgerKey'
  | 'getTile'
  | 'exportLedger'
  | 'getRequest'
>;

export interface LedgerApiParts extends AdmissionParts {
  readonly reader: LedgerReader;
  readonly vkey: (tenant: TenantId) => Promise<string>;
  readonly exportBundle: (request: ExportRequest) => AsyncIterable<BundleFile>;
  /** Uses up the approval of a second person for exactly this export. Errors: `second_person_required`, `not_found`. */
  readonly useApproval: (principal: Principal, approval: string, scope: ExportScope) => Promise<void>;
  /** Puts the export before a second person. */
  readonly requestApproval: (principal: Principal, scope: ExportScope, reason: string) => Promise<Approval>;
}

export function ledgerHandlers(parts: LedgerApiParts): LedgerHandlers {
  return { ...reading(parts), ...proving(parts), ...exporting(parts) };
}

function reading({
  reader,
}: LedgerApiParts): Pick<LedgerHandlers, 'listLedgerEntries' | 'getLedgerEntry' | 'readLedgerContent' | 'getRequest'> {
  return {
    async listLedgerEntries({ query }, { principal }) {
      const newest = query.order === 'newest';
      const at = query.cursor === undefined ? null : cursorIndex(query.cursor);
      const entries = await reader.entries(principal.tenant, {
        ...(at === null ? {} : newest ? { to: at } : { from: at }),
        ...(query.from === undefined ? {} : { since: new Date(query.from) }),
        ...(query.to === undefined ? {} : { until: new Date(query.to) }),
        ...(query.kind === undefined ? {} : { kinds: [query.kind] }),
        ...(query.actor === undefined ? {} : { actor: query.actor }),
        order: query.order,
        limit: query.limit + 1,
      });
      const items = entries.slice(0, query.limit).map(showEntry);
      const last = items.at(-1);
      const more = entries.length > query.limit && last !== undefined;
      return { json: { items, next: more ? String(newest ? last.index : last.index + 1) : null } };
    },

    async getLedgerEntry({ params }, { principal }) {
      return { json: showEntry(await reader.entry(principal.tenant, params.index)) };
    },

    async readLedgerContent({ params }, { principal }) {
      const { index, id: entryId, kind } = (await reader.entry(principal.tenant, params.index)).header;
      const content = await reader.content(principal.tenant, entryId);
      if (content === null) throw new ProblemError('not_found');
      const shown = { index, entryId, kind, content: toBase64(content.reveal()) };
      return { json: shown, objects: [{ type: 'entry', id: entryId }] };
    },

    async getRequest({ params }, { principal }) {
      const intent = await reader.entry(principal.tenant, params.id);
      if (intent.header.kind !== 'call.intent') throw new ProblemError('not_found');
      return { json: requestRecord(intent, await reader.outcomeOf(principal.tenant, intent)) };
    },
  };
}

function proving({
  reader,
  vkey,
}: LedgerApiParts): Pick<
  LedgerHandlers,
  'proveInclusion' | 'proveConsistency' | 'getCheckpoint' | 'getLedgerKey' | 'getTile'
> {
  return {
    async proveInclusion({ params }, { principal }) {
      const entry = await reader.entry(principal.tenant, params.index);
      const proof = parseProof(await reader.proof(principal.tenant, params.index));
      // The checkpoint that the path leads to; a newer one may have been signed meanwhile.
      const { text } = parseNote(proof.checkpoint);
      return {
        json: {
          index: params.index,
          treeSize: parseCheckpointText(text).size,
          leafHash: toBase64(leafHash(entry.headerBytes)),
          hashes: proof.path.map(toBase64),
          checkpoint: Buffer.from(proof.checkpoint).toString(),
        },
      };
    },

    async proveConsistency({ query }, { principal }) {
      const checkpoint = await mustPublish(reader, principal.tenant);
      const to = query.to ?? checkpoint.size;
      const hashes = await reader.consistency(principal.tenant, query.from, to);
      return { json: { from: query.from, to, hashes: hashes.map(toBase64), checkpoint: checkpoint.note } };
    },

    async getCheckpoint(_input, { principal }) {
      return { text: (await mustPublish(reader, principal.tenant)).note, contentType: 'text/plain; charset=utf-8' };
    },

    async getLedgerKey(_input, { principal }) {
      return { text: `${await vkey(principal.tenant)}\n`, contentType: 'text/plain; charset=utf-8' };
    },

    async getTile({ params }, { principal }) {
      const bytes = await reader.tile(principal.tenant, tileOf(params.level, params.path));
      return {
        stream: once(bytes),
        contentType: 'application/octet-stream',
        headers: { 'content-length': String(bytes.length) },
      };
    },
  };
}

function exporting(parts: LedgerApiParts): Pick<LedgerHandlers, 'exportLedger'> {
  return {
    async exportLedger({ body }, { principal }) {
      const { tenant, actor } = principal;
      const { reason, approval, withFacts = false, withContent = false, ...range } = body;
      const scope = { withFacts, withContent, ...range };
      if (withFacts || withContent) {
        await requirePermission(parts, principal, 'ledger.export_content');
        if (approval === undefined && reason === undefined)
          throw new ProblemError('invalid_request', { field: 'body.reason' });
        if (approval === undefined)
          return { status: 202, json: await parts.requestApproval(principal, scope, reason ?? '') };
        await parts.useApproval(principal, approval, scope);
      }
      // Recorded before a byte leaves, and so inside the bundle itself.
      const what = withContent ? 'ledger-with-content' : withFacts ? 'ledger-with-facts' : 'ledger-headers';
      await parts.ledger.append({ tenant, actor, kind: 'export.made', detail: { what } });
      const files = parts.exportBundle({ tenant, ...scope });
      return { stream: tarStream(files), contentType: 'application/x-tar' };
    },
  };
}

async function mustPublish(reader: LedgerReader, tenant: TenantId) {
  const checkpoint = await reader.checkpoint(tenant);
  if (checkpoint === null) throw new ProblemError('not_found');
  return checkpoint;
}

function showEntry(entry: LedgerEntry): WireEntry {
  const { index, id, time, kind, body } = entry.header;
  return {
    index,
    entryId: id,
    time,
    kind,
    header: Buffer.from(entry.headerBytes).toString(),
    leafHash: toBase64(leafHash(entry.headerBytes)),
    sealed: entry.hasBody ? 'present' : body === undefined ? 'none' : 'destroyed',
  };
}

/** `x001/x234/067.p/8` (C2SP tlog-tiles): index in groups of three digits, and the width of a partial tile. */
function tileOf(level: number, path: string): Tile {
  const [number = '', width] = path.split('.p/');
  const index = Number(number.replaceAll(/[x/]/g, ''));
  return { level, index, width: width === undefined ? TILE_WIDTH : Number(width) };
}

/** Errors: `invalid_request` for a cursor that no page gave. */
function cursorIndex(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw new ProblemError('invalid_request', { field: 'query.cursor' });
  return Number(cursor);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
