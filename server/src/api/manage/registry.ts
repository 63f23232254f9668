// Services, agreements, claims and what warns of their end, over HTTP.
import type { Claim } from '@cordon/contract';
import type { Answer, Handlers } from '#api/routing/handler.ts';
import { idPage } from '#api/routing/page.ts';
import {
  applyAgreements,
  createAgreement,
  exportAgreements,
  listAgreements,
  readAgreement,
  readChecklist,
  replaceAgreement,
  terminateAgreement,
} from '#boundary/registry/agreements.ts';
import { createClaim, listClaims, readClaim, replaceClaim } from '#boundary/registry/claims.ts';
import { attachDocument, type DocumentParts, openDocument } from '#boundary/registry/documents.ts';
import { questionnaireOf } from '#boundary/registry/questionnaire.ts';
import {
  readAgreementsFile,
  readServicesFile,
  writeAgreementsFile,
  writeServicesFile,
} from '#boundary/registry/registry-file.ts';
import {
  applyServices,
  createService,
  disableService,
  exportServices,
  listServices,
  readService,
  replaceService,
} from '#boundary/registry/services.ts';
import { currentWarnings } from '#boundary/registry/upkeep.ts';
import { etagOf, versionOf } from './transcripts.ts';

type ServiceHandlers = Pick<
  Handlers,
  | 'listServices'
  | 'createService'
  | 'getService'
  | 'replaceService'
  | 'disableService'
  | 'getQuestionnaire'
  | 'applyServices'
  | 'exportServices'
>;

type AgreementHandlers = Pick<
  Handlers,
  | 'listAgreements'
  | 'createAgreement'
  | 'getAgreement'
  | 'replaceAgreement'
  | 'terminateAgreement'
  | 'getChecklist'
  | 'attachDocument'
  | 'readDocument'
  | 'applyAgreements'
  | 'exportAgreements'
>;

type ClaimHandlers = Pick<
  Handlers,
  'listClaims' | 'createClaim' | 'getClaim' | 'replaceClaim' | 'listRegistryWarnings'
>;

const YAML = 'application/yaml; charset=utf-8';

export function registryHandlers(parts: DocumentParts): ServiceHandlers & AgreementHandlers & ClaimHandlers {
  return { ...serviceHandlers(parts), ...agreementHandlers(parts), ...claimHandlers(parts) };
}

function serviceHandlers(parts: DocumentParts): ServiceHandlers {
  return {
    async listServices({ query }, { principal }) {
      return { json: idPage(await listServices(parts, principal.tenant), query) };
    },

    async createService({ body }, { principal }) {
      return tagged(await createService(parts, principal.tenant, principal.actor, body));
    },

    async getService({ params }, { principal }) {
      return tagged(await readService(parts, principal.tenant, params.id));
    },

    async replaceService({ params, headers, body }, { principal }) {
      const change = { id: params.id, onVersion: versionOf(headers['if-match']), terms: body };
      return tagged(await replaceService(parts, principal.tenant, principal.actor, change));
    },

    async disableService({ params }, { principal }) {
      return tagged(await disableService(parts, principal.tenant, principal.actor, params.id));
    },

    async getQuestionnaire({ params }, { principal }) {
      const { tenant } = principal;
      const service = await readService(parts, tenant, params.id);
      const [agreements, claims] = [await listAgreements(parts, tenant), await listClaims(parts, tenant)];
      return { json: questionnaireOf(service, agreements, claims, parts.clock.now()) };
    },

    async applyServices({ query }, { principal, exchange }) {
      const wanted = await readServicesFile(exchange.body);
      const { tenant, actor } = principal;
      return { json: await applyServices(parts, tenant, actor, wanted, query.dryRun === 'true') };
    },

    async exportServices(_input, { principal }) {
      return { text: writeServicesFile(await exportServices(parts, principal.tenant)), contentType: YAML };
    },
  };
}

function agreementHandlers(parts: DocumentParts): AgreementHandlers {
  return {
    async listAgreements({ query }, { principal }) {
      return { json: idPage(await listAgreements(parts, principal.tenant), query) };
    },

    async createAgreement({ body }, { principal }) {
      return tagged(await createAgreement(parts, principal.tenant, principal.actor, body));
    },

    async getAgreement({ params }, { principal }) {
      return tagged(await readAgreement(parts, principal.tenant, params.id));
    },

    async replaceAgreement({ params, headers, body }, { principal }) {
      const change = { id: params.id, onVersion: versionOf(headers['if-match']), terms: body };
      return tagged(await replaceAgreement(parts, principal.tenant, principal.actor, change));
    },

    async terminateAgreement({ params, body }, { principal }) {
      const ending = { id: params.id, reason: body.reason };
      return tagged(await terminateAgreement(parts, principal.tenant, principal.actor, ending));
    },

    async getChecklist({ params }, { principal }) {
      return { json: await readChecklist(parts, principal.tenant, params.id) };
    },

    async attachDocument({ params }, { principal, exchange }) {
      const [contentType = ''] = exchange.contentType.toLowerCase().split(';');
      const arriving = { agreement: params.id, contentType: contentType.trim(), bytes: exchange.body };
      return tagged(await attachDocument(parts, principal.tenant, principal.actor, arriving));
    },

    async readDocument({ params }, { principal }) {
      const { id, name, contentType, bytes } = await openDocument(parts, principal.tenant, params.id);
      const suffix = contentType === 'application/pdf' ? '.pdf' : '';
      return {
        stream: bytes,
        contentType: 'application/octet-stream', // never the sender's word: nothing of it is shown in place
        headers: { 'content-disposition': `attachment; filename="${name}${suffix}"` },
        objects: [{ type: 'document', id }],
      };
    },

    async applyAgreements({ query }, { principal, exchange }) {
      const wanted = await readAgreementsFile(exchange.body);
      const { tenant, actor } = principal;
      return { json: await applyAgreements(parts, tenant, actor, wanted, query.dryRun === 'true') };
    },

    async exportAgreements(_input, { principal }) {
      return { text: writeAgreementsFile(await exportAgreements(parts, principal.tenant)), contentType: YAML };
    },
  };
}

function claimHandlers(parts: DocumentParts): ClaimHandlers {
  return {
    async listClaims({ query }, { principal }) {
      return { json: idPage(await listClaims(parts, principal.tenant), query) };
    },

    async createClaim({ body }, { principal }) {
      return tagged<Claim>(await createClaim(parts, principal.tenant, principal.actor, body));
    },

    async getClaim({ params }, { principal }) {
      return tagged(await readClaim(parts, principal.tenant, params.id));
    },

    async replaceClaim({ params, headers, body }, { principal }) {
      const change = { id: params.id, onVersion: versionOf(headers['if-match']), terms: body };
      return tagged(await replaceClaim(parts, principal.tenant, principal.actor, change));
    },

    async listRegistryWarnings(_input, { principal }) {
      const items = await currentWarnings(parts, principal.tenant);
      return { json: { items, count: items.length } };
    },
  };
}

function tagged<T extends { readonly version: number }>(json: T): Answer<T> {
  return { json, headers: { etag: etagOf(json.version) } };
}
