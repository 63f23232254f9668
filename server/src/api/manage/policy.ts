// Policy over HTTP: versions, activation by two people, shadow, explain, simulate, replay (spec boundary §3).
import { ProblemError, type Approval as WireApproval, type PolicyVersion } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { decide } from '#boundary/policy/decide.ts';
import { diffPolicies } from '#boundary/policy/diff.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import { compile, type Rulebook } from '#boundary/policy/rulebook.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import { replay } from '#boundary/rulebook/replay.ts';
import { listDifferences, type DifferenceRow } from '#boundary/rulebook/shadow.queries.ts';
import { hypothetical, simulate, type WhatIf } from '#boundary/rulebook/simulate.ts';
import {
  activatePolicy,
  chooseShadow,
  isWaived,
  listPolicies,
  readPolicy,
  recordPolicy,
  type PolicyParts,
} from '#boundary/rulebook/versions.ts';
import type { VersionRow } from '#boundary/rulebook/versions.queries.ts';
import type { PersonPrincipal, Principal } from '#custody/access/principal.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';

type PolicyHandlers = Pick<
  Handlers,
  | 'getPolicy'
  | 'listPolicyVersions'
  | 'recordPolicy'
  | 'getPolicyVersion'
  | 'diffPolicies'
  | 'activatePolicy'
  | 'getPolicyShadow'
  | 'setPolicyShadow'
  | 'explainPolicy'
  | 'simulatePolicy'
  | 'replayPolicy'
>;

export interface PolicyApiParts extends PolicyParts {
  readonly clock: Clock;
  /** Puts the activation before a second person. */
  readonly requestActivation: (
    principal: PersonPrincipal,
    version: number,
    name: string,
    reason: string,
  ) => Promise<WireApproval>;
}

/** Differences shown at once, most frequent first. */
const MAX_DIFFERENCES = 200;

export function policyHandlers(parts: PolicyApiParts): PolicyHandlers {
  return { ...versionHandlers(parts), ...activationHandlers(parts), ...pastHandlers(parts) };
}

function versionHandlers(
  parts: PolicyApiParts,
): Pick<PolicyHandlers, 'getPolicy' | 'listPolicyVersions' | 'recordPolicy' | 'getPolicyVersion' | 'diffPolicies'> {
  return {
    async getPolicy(_input, { principal }) {
      return { json: (await parts.registry.rulebook(principal.tenant)).policy };
    },

    async listPolicyVersions({ query }, { principal }) {
      const before = readVersionCursor(query.cursor);
      const rows = await listPolicies(parts, principal.tenant, before, query.limit + 1);
      const shown = rows.slice(0, query.limit);
      const next = rows.length > query.limit ? String(shown.at(-1)?.version ?? '') : null;
      return { json: { items: shown.map(showVersion), next } };
    },

    async recordPolicy({ body }, { principal }) {
      const { policy, isNew } = await recordPolicy(parts, principal.tenant, principal.actor, body);
      return { status: isNew ? 201 : 200, json: policy };
    },

    async getPolicyVersion({ params }, { principal }) {
      return { json: await readPolicy(parts, principal.tenant, params.version) };
    },

    async diffPolicies({ query }, { principal }) {
      const { policy: live } = await parts.registry.rulebook(principal.tenant);
      const of = async (version: number | undefined) =>
        version === undefined ? live : readPolicy(parts, principal.tenant, version);
      const [from, to] = [await of(query.from), await of(query.to)];
      return { json: { from: from.version, to: to.version, changes: diffPolicies(from, to) } };
    },
  };
}

function activationHandlers(
  parts: PolicyApiParts,
): Pick<PolicyHandlers, 'activatePolicy' | 'getPolicyShadow' | 'setPolicyShadow'> {
  return {
    async activatePolicy({ params, body }, { principal }) {
      const { tenant, personId: askedBy } = principal;
      if (await isWaived(parts, tenant, params.version))
        return { status: 200, json: await activatePolicy(parts, tenant, params.version, { askedBy, waived: true }) };
      const { id } = await readPolicy(parts, tenant, params.version);
      return { status: 202, json: await parts.requestActivation(principal, params.version, id, body.reason) };
    },

    async getPolicyShadow(_input, { principal }) {
      const { shadow } = await parts.registry.rulebook(principal.tenant);
      if (shadow === null) return { json: { version: null, differences: [] } };
      const { id, version } = shadow.policy;
      const rows = await parts.store.asTenant(principal.tenant, (tx) =>
        listDifferences(tx, `${id}@${version}`, MAX_DIFFERENCES),
      );
      return { json: { version, differences: rows.map(showDifference) } };
    },

    async setPolicyShadow({ body }, { principal }) {
      await chooseShadow(parts, principal.tenant, principal.actor, body.version);
      return { json: { version: body.version } };
    },
  };
}

function pastHandlers(
  parts: PolicyApiParts,
): Pick<PolicyHandlers, 'explainPolicy' | 'simulatePolicy' | 'replayPolicy'> {
  const { store, registry, clock } = parts;
  return {
    async explainPolicy({ body }, { principal }) {
      const book = await bookOf(parts, principal.tenant, body.policyVersion);
      const at = body.at ?? clock.now().toISOString();
      return { json: mutable(decide(intentOf(principal, at, body), book)) };
    },

    async simulatePolicy({ body }, { principal, exchange }) {
      const { tenant } = principal;
      if (body.policy !== undefined && body.policyVersion !== undefined)
        throw new ProblemError('invalid_request', { field: 'body.policyVersion' });
      const live = await registry.rulebook(tenant);
      const policy =
        body.policy === undefined
          ? (await bookOf(parts, tenant, body.policyVersion)).policy
          : { ...body.policy, version: live.policy.version };
      const whatIf = (body.registry ?? {}) as WhatIf;
      const events = simulate(store, {
        tenant,
        since: momentOf(body.from),
        until: momentOf(body.to),
        book: hypothetical(live, policy, whatIf),
        at: body.at ?? null,
        signal: exchange.signal,
      });
      return { events };
    },

    async replayPolicy({ body }, { principal, exchange }) {
      const { tenant } = principal;
      const window = { since: momentOf(body.from), until: momentOf(body.to) };
      return { events: replay({ store, registry }, { tenant, ...window, signal: exchange.signal }) };
    },
  };
}

/** The live registry under a recorded policy; the live one without a version. Errors: `not_found`. */
async function bookOf(parts: PolicyApiParts, tenant: TenantId, version: number | undefined): Promise<Rulebook> {
  const live = await parts.registry.rulebook(tenant);
  if (version === undefined || version === live.policy.version) return live;
  return compile(live.snapshot, await readPolicy(parts, tenant, version));
}

type Hypothesis = Parameters<PolicyHandlers['explainPolicy']>[0]['body'];

function intentOf(principal: Principal, at: string, wish: Hypothesis): Intent {
  return {
    v: 1,
    at,
    tenant: principal.tenant,
    actor: principal.actor,
    onBehalfOf: null,
    purpose: wish.purpose,
    patient: wish.patient ?? null,
    encounter: wish.encounter ?? null,
    dataClass: wish.dataClass ?? 'phi',
    tags: wish.tags ?? [],
    capability: wish.capability,
    modality: wish.modality,
    residency: wish.residency ?? null,
    origins: wish.origins ?? [],
    requestedService: wish.service ?? null,
    features: wish.features ?? [],
    scope: scopeOf(principal),
  };
}

function momentOf(time: string | undefined): Date | null {
  return time === undefined ? null : new Date(time);
}

/** Errors: `invalid_request` for a cursor that no page gave. */
function readVersionCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  if (!/^\d{1,9}$/.test(cursor)) throw new ProblemError('invalid_request', { field: 'query.cursor' });
  return Number(cursor);
}

function showVersion({ id, version, recorded_at, activated_at, live, shadow }: VersionRow): PolicyVersion {
  return {
    id,
    version,
    recordedAt: recorded_at.toISOString(),
    state: live ? 'live' : shadow ? 'shadow' : 'recorded',
    activatedAt: activated_at?.toISOString() ?? null,
  };
}

function showDifference(row: DifferenceRow) {
  const { live, shadow, actor, purpose, live_code, live_service, shadow_code, shadow_service, count } = row;
  return {
    live,
    shadow,
    actor,
    purpose,
    liveCode: live_code,
    liveService: live_service === '' ? null : live_service,
    shadowCode: shadow_code,
    shadowService: shadow_service === '' ? null : shadow_service,
    count,
    lastRequest: row.intent_id,
    lastAt: row.last_at.toISOString(),
  };
}

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** A copy in the form that the wire's schemas infer: the same members without `readonly`. */
function mutable<T extends object>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>;
}
