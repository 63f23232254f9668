// Method records and risk measurement over HTTP.
import type { RiskQuery } from '@cordon/contract';
import type { Answer, Handlers } from '#api/routing/handler.ts';
import { idPage } from '#api/routing/page.ts';
import { columnsOf, type DatasetRequest, measureDataset } from '#boundary/evidence/dataset.ts';
import {
  createMethod,
  listMethods,
  type MethodParts,
  readMethod,
  revokeMethod,
  stateMethod,
} from '#boundary/evidence/methods.ts';
import { markdownOf, reportOf } from '#boundary/evidence/report.ts';
import {
  attachToRecord,
  measureRecord,
  measureRiskOf,
  openRecordDocument,
  reviewRecord,
} from '#boundary/evidence/steps.ts';
import { etagOf, versionOf } from './transcripts.ts';

type RecordHandlers = Pick<
  Handlers,
  'listMethods' | 'createMethod' | 'getMethod' | 'stateMethod' | 'revokeMethod' | 'getMethodReport'
>;

type EvidenceHandlers = Pick<
  Handlers,
  'measureMethod' | 'reviewMethod' | 'attachMethodDocument' | 'readMethodDocument' | 'measureMethodRisk' | 'measureRisk'
>;

export function methodHandlers(parts: MethodParts): RecordHandlers & EvidenceHandlers {
  return { ...recordHandlers(parts), ...evidenceHandlers(parts) };
}

function recordHandlers(parts: MethodParts): RecordHandlers {
  return {
    async listMethods({ query }, { principal }) {
      return { json: idPage(await listMethods(parts, principal.tenant), query) };
    },

    async createMethod({ body }, { principal }) {
      return tagged(await createMethod(parts, principal.tenant, principal.actor, body.terms));
    },

    async getMethod({ params }, { principal }) {
      return tagged(await readMethod(parts, principal.tenant, params.id));
    },

    async stateMethod({ params, headers, body }, { principal }) {
      const stating = { id: params.id, onVersion: versionOf(headers['if-match']), statement: body.statement };
      return tagged(await stateMethod(parts, principal.tenant, principal.actor, stating));
    },

    async revokeMethod({ params, body }, { principal }) {
      const ending = { id: params.id, reason: body.reason };
      return tagged(await revokeMethod(parts, principal.tenant, principal.actor, ending));
    },

    async getMethodReport({ params, query }, { principal }) {
      const report = reportOf(await readMethod(parts, principal.tenant, params.id));
      if (query.format === 'json') return { json: report };
      return { text: markdownOf(report), contentType: 'text/markdown; charset=utf-8' };
    },
  };
}

function evidenceHandlers(parts: MethodParts): EvidenceHandlers {
  return {
    async measureMethod({ params }, { principal, exchange }) {
      const { tenant, actor } = principal;
      return tagged(await measureRecord(parts, tenant, actor, params.id, exchange.body));
    },

    async reviewMethod({ params }, { principal, exchange }) {
      return tagged(await reviewRecord(parts, principal.tenant, principal.actor, params.id, exchange.body));
    },

    async attachMethodDocument({ params }, { principal, exchange }) {
      const [contentType = ''] = exchange.contentType.toLowerCase().split(';');
      const arriving = { contentType: contentType.trim(), bytes: exchange.body };
      return tagged(await attachToRecord(parts, principal.tenant, principal.actor, { id: params.id, arriving }));
    },

    async readMethodDocument({ params }, { principal }) {
      const { id, name, contentType, bytes } = await openRecordDocument(parts, principal.tenant, params.id);
      const suffix = contentType === 'application/pdf' ? '.pdf' : '';
      return {
        stream: bytes,
        contentType: 'application/octet-stream', // never the sender's word: nothing of it is shown in place
        headers: { 'content-disposition': `attachment; filename="${name}${suffix}"` },
        objects: [{ type: 'document', id }],
      };
    },

    async measureMethodRisk({ params, query }, { principal, exchange }) {
      const asked = { id: params.id, request: requestOf(query), bytes: exchange.body };
      return tagged(await measureRiskOf(parts, principal.tenant, principal.actor, asked));
    },

    async measureRisk({ query }, { exchange }) {
      const year = parts.clock.now().getUTCFullYear();
      return { json: await measureDataset(parts.engine(), requestOf(query), exchange.body, year) };
    },
  };
}

function requestOf({ format, quasi, threshold, fraction, target, suppression }: RiskQuery): DatasetRequest {
  return {
    format,
    columns: columnsOf(quasi),
    threshold,
    fraction: fraction ?? null,
    target: target ?? null,
    suppression,
  };
}

function tagged<T extends { readonly version: number }>(json: T): Answer<T> {
  return { json, headers: { etag: etagOf(json.version) } };
}
