// The registry of one installation as calls see it: services, agreements and the active policy of each tenant (spec boundary §1), and
// what the installation records about itself. What people record is in services.ts, agreements.ts and claims.ts.
import { createHash } from 'node:crypto';
import type { ActorRef, PublicJson } from '#custody/ledger/ledger.ts';
import { recorded, type RecordingParts } from '#custody/ledger/recorded.ts';
import type { Clock } from '#kernel/clock.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import type { Rulebook } from '#boundary/policy/rulebook.ts';
import type { Agreement, RegistrySnapshot, Service } from '#boundary/policy/snapshot.ts';
import { STARTER_POLICY } from '#boundary/policy/starter.ts';
import { IN_PROCESS } from '#boundary/policy/zones.ts';
import { policyMethods } from '#boundary/evidence/in-force.ts';
import { newestMethods } from '#boundary/evidence/methods.queries.ts';
import {
  createRulebooks,
  type LiveRulebook,
  type RegistryRead,
  type RegistryRows,
  type Versions,
} from '#boundary/rulebook/rulebooks.ts';
import { createShadow } from '#boundary/rulebook/shadow.ts';
import { insertChoice, insertPolicy } from '#boundary/rulebook/versions.queries.ts';
import { same } from './changes.ts';
import { policyAgreement, policyService } from './projection.ts';
import { insertVersion, livePolicy, lockRegistry, newestAgreements, newestServices } from './registry.queries.ts';
import { OWN_ATTESTATION } from './rows.ts';

export interface Registry {
  /**
   * What `decide` reads now: compiled once per version, dropped at once when this process changes it, and never more than a second behind
   * another process. Errors: those of the store, when that cannot be said.
   */
  rulebook(tenant: TenantId): Promise<LiveRulebook>;
  /** As a past decision recorded its versions; null: they are not known. */
  rulebookAt(tenant: TenantId, versions: Versions): Promise<Rulebook | null>;
  /** Tells the policy in the shadow, where there is one, what was decided. Never throws and never waits. */
  observe(intent: Intent, decision: Decision, intentId: string): void;
  /** After a change of rows or choices that this process has committed. */
  changed(tenant: TenantId): void;
  /**
   * Makes sure that the in-process service is registered and enabled, that an attestation names it, and that no other
   * in-process service stands enabled: this process runs one engine. Idempotent. Returns whether anything changed.
   */
  ensureInProcess(tenant: TenantId, actor: ActorRef, service: Omit<Service, 'version'>): Promise<boolean>;
  /** The policy a new tenant starts with. Idempotent. */
  ensurePolicy(tenant: TenantId, actor: ActorRef): Promise<void>;
}

interface Parts extends RecordingParts {
  readonly clock: Clock;
  /** Fingerprint of the engine that de-identifies here. */
  readonly engine: string;
}

export function createRegistry(parts: Parts): Registry {
  const rulebooks = createRulebooks({ ...parts, readRegistry: (tx) => readRegistry(tx, parts.engine), assemble });
  const shadow = createShadow(parts.store);
  const change = async <T>(tenant: TenantId, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      rulebooks.drop(tenant);
    }
  };
  return {
    rulebook: (tenant) => rulebooks.live(tenant),
    rulebookAt: (tenant, versions) => rulebooks.at(tenant, versions),
    observe: (intent, decision, intentId) => shadow.observe(rulebooks.held(intent.tenant), intent, decision, intentId),
    changed: (tenant) => rulebooks.drop(tenant),
    ensureInProcess: (tenant, actor, service) => change(tenant, ensureInProcess(parts, tenant, actor, service)),
    ensurePolicy: (tenant, actor) => change(tenant, ensurePolicy(parts, tenant, actor)),
  };
}

async function readRegistry(tx: Transaction, engine: string): Promise<RegistryRead> {
  const [services, agreements] = [await newestServices(tx), await newestAgreements(tx)];
  return assemble({ services, agreements, methods: await newestMethods(tx), engine });
}

/** Rows as policy sees them. The version names exactly these rows, and where there are methods the engine that they are held against. */
function assemble({ services, agreements, methods: methodRows, engine }: RegistryRows): RegistryRead {
  const methods = policyMethods(methodRows);
  const named = [...services, ...agreements, ...methods].map((row) => `${row.id}@${row.version}`);
  const versions = [...named, ...(methods.length === 0 ? [] : [engine])].join('\n');
  return {
    snapshot: {
      version: createHash('sha256').update(versions).digest('hex').slice(0, 32),
      services: services.map(({ row, version }) => policyService(row, version)),
      agreements: agreements.map(({ row, version }) => policyAgreement(row, version)),
      ...(methods.length === 0 ? {} : { methods, engine }),
    },
    prices: new Map(services.flatMap(({ id, row: { prices } }) => (prices === undefined ? [] : [[id, prices]]))),
  };
}

function ensureInProcess(
  parts: Parts,
  tenant: TenantId,
  actor: ActorRef,
  wanted: Omit<Service, 'version'>,
): Promise<boolean> {
  return recorded(parts, tenant, async (tx, record) => {
    await lockRegistry(tx);
    const { snapshot } = await readRegistry(tx, parts.engine);
    const held = snapshot.services.find((service) => service.id === wanted.id);
    const rows = snapshot.services
      .filter((service) => service.id !== wanted.id && service.adapter === wanted.adapter && service.enabled)
      .map((service): Service => ({ ...service, version: service.version + 1, enabled: false }));
    if (held === undefined || differs(held, wanted)) rows.push({ ...wanted, version: (held?.version ?? 0) + 1 });
    for (const service of rows) {
      await insertVersion(tx, 'registry_service', service);
      await record({ kind: 'service.recorded', actor, detail: serviceDetail(service) });
    }
    const attestation = attestationNaming(snapshot, wanted.id, parts.clock.now());
    if (attestation !== null) {
      await insertVersion(tx, 'registry_agreement', { ...attestation, name: OWN_ATTESTATION });
      await record({ kind: 'attestation.recorded', actor, detail: agreementDetail(attestation) });
    }
    return rows.length > 0 || attestation !== null;
  });
}

function ensurePolicy(parts: RecordingParts, tenant: TenantId, actor: ActorRef): Promise<void> {
  return recorded(parts, tenant, async (tx, record) => {
    await lockRegistry(tx);
    if ((await livePolicy(tx)) !== null) return;
    await insertPolicy(tx, STARTER_POLICY);
    await insertChoice(tx, {
      role: 'live',
      policy: STARTER_POLICY,
      askedBy: actor.id,
      approvedBy: null,
      waived: false,
    });
    const detail = { policy: `${STARTER_POLICY.id}@${STARTER_POLICY.version}` };
    await record({ kind: 'policy.activated', actor, detail });
  });
}

/**
 * The attestation that also names `service`; null when it already does. That nothing leaves the process is what this
 * system can state by itself; who owns the host and who can reach it is the operator's part (spec boundary §1.3).
 */
function attestationNaming(snapshot: RegistrySnapshot, service: string, now: Date): Agreement | null {
  const held = snapshot.agreements.find((row) => row.kind === 'attestation' && row.regions.includes(IN_PROCESS));
  if (held?.services.includes(service) === true) return null;
  return {
    id: held?.id ?? newId(),
    version: (held?.version ?? 0) + 1,
    kind: 'attestation',
    services: [...(held?.services ?? []), service],
    regions: [IN_PROCESS],
    capabilities: ['transcribe'],
    modalities: ['audio'],
    stages: ['ga'],
    statesIsolation: true,
    effective: held?.effective ?? now.toISOString(),
    expires: null,
    terminated: false,
    missingClauses: [],
    retentionDays: 0,
  };
}

function serviceDetail({ id, version, pattern, adapter, enabled }: Service): { readonly [key: string]: PublicJson } {
  return { service: id, version, pattern, adapter, enabled };
}

export function agreementDetail(agreement: Agreement): { readonly [key: string]: PublicJson } {
  const { id, version, services, effective, expires } = agreement;
  return { id, version, services, effective, expires };
}

function differs(held: Service, wanted: Omit<Service, 'version'>): boolean {
  const { version: _, ...rest } = held;
  return !same(rest, wanted);
}
