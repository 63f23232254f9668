// The in-process speech engine as a registered service: acquired in the background, attested for every tenant once ready.
// Shared by main.ts and worker.ts, like foundation.ts.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isProblem, PROBLEMS, ProblemError } from '@cordon/contract';
import { IN_PROCESS, type Registry } from '#boundary/registry/registry.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { Inspect } from '#clinical/audio/arriving.ts';
import type { EngineState } from '#clinical/transcription/engine-state.ts';
import { DEFAULT_LIMITS } from '#clinical/transcription/engines/engine-child.ts';
import { createInspector } from '#clinical/transcription/engines/inspector.ts';
import { probeSandbox } from '#clinical/transcription/engines/sandbox.ts';
import { startSpeech, type Installed, type Speech } from '#clinical/transcription/local-speech.ts';
import type { HearLive, Recognise } from '#clinical/transcription/speech.ts';
import { SYSTEM_TENANT, type TenantId } from '#kernel/ids.ts';
import type { Download } from '#clinical/transcription/pull-model.ts';
import { download } from '#platform/outbound/download.ts';
import type { Foundation } from './foundation.ts';

const SYSTEM_ACTOR = { type: 'system', id: 'speech' } as const;

/** Uploads per core that are decoded while they arrive: they wait for their clients most of the time. */
const ARRIVING_PER_CORE = 4;

/** Seconds that a caller is asked to wait for an engine that is being acquired. */
const RETRY_AFTER_SECONDS = 2;

export interface SpeechService {
  state(): EngineState;
  readonly modelDirectories: readonly string[];
  /** The one of them that pulled and brought models go to. */
  readonly modelCache: string;
  /** Null when nothing may be fetched. */
  readonly download: Download | null;
  /** Directories of the models in use; null while an engine is being sought. */
  inUse(): readonly string[] | null;
  /** Looks again where there was no engine, and attests one that is found. */
  takeUp(): Promise<boolean>;
  readonly recognise: Recognise;
  /** Needs no engine. */
  readonly inspect: Inspect;
  readonly hearLive: HearLive;
  /** Throws `engine_not_ready` or `engine_missing` while there is none. */
  mustHear(): void;
  /** Registers and attests the engine for a tenant; does nothing while there is no engine. */
  attest(tenant: TenantId): Promise<void>;
  stop(): Promise<void>;
}

export function startSpeechService(
  foundation: Foundation,
  tenants: () => Promise<readonly TenantId[]>,
  announce: (line: string) => void,
  liveSpares: number,
): SpeechService {
  const { config, log, registry, ledger } = foundation;
  const cache = join(config.home, 'models');
  const modelDirectories = config.models === null ? [cache] : [config.models, cache];
  const mayFetch = config.mayFetch ? download : null;
  const cores = availableParallelism();
  const inspector = createInspector({
    sandbox: probeSandbox(),
    limits: DEFAULT_LIMITS,
    arriving: ARRIVING_PER_CORE * cores,
    stored: cores,
  });
  const speech = startSpeech({
    modelDirectories,
    cache,
    preferred: config.speechModel,
    download: mayFetch,
    allowApt: config.mayInstallPackages,
    cores,
    liveSpares,
    announce,
    onLost: (ended, attempt) => log.warn('speech.child_lost', { reason: ended.how, attempt }),
    onInstalled: async (installed) => {
      await ledger.append({
        tenant: SYSTEM_TENANT,
        kind: 'engine.installed',
        actor: SYSTEM_ACTOR,
        detail: installedDetail(installed),
      });
    },
  });
  const attest = (tenant: TenantId): Promise<void> => attestEngine(registry, speech.state(), tenant);
  const attested = attestAll(speech, tenants, attest, { announce, log });
  return {
    state: () => speech.state(),
    modelDirectories,
    modelCache: cache,
    download: mayFetch,
    inUse: () => speech.inUse(),
    takeUp: async () => {
      const found = await speech.again();
      if (found) await attestAll(speech, tenants, attest, { announce, log });
      return found;
    },
    recognise: async (job) => {
      await attested;
      if (job.service !== serviceId(speech.state())) throw new ProblemError('service_unknown');
      return speech.recognise(job);
    },
    inspect: inspector.inspect,
    hearLive: async (service) => {
      mustHear(speech.state());
      await attested;
      if (service !== serviceId(speech.state())) throw new ProblemError('service_unknown');
      return speech.hearLive();
    },
    mustHear: () => mustHear(speech.state()),
    attest,
    stop: async () => void (await Promise.all([speech.stop(), inspector.stop()])),
  };
}

/** Who is told: the person at the terminal, the log. */
interface Heard {
  readonly announce: (line: string) => void;
  readonly log: Foundation['log'];
}

/** A tenant whose registry cannot be written now is attested when its engine is asked for again at the next start. */
async function attestAll(
  speech: Speech,
  tenants: () => Promise<readonly TenantId[]>,
  attest: (tenant: TenantId) => Promise<void>,
  { announce, log }: Heard,
): Promise<void> {
  try {
    await speech.ready();
  } catch (error) {
    tellUnavailable(error, { announce, log });
    return;
  }
  for (const tenant of await tenants()) {
    try {
      await attest(tenant);
    } catch (error) {
      log.error('speech.attestation_failed', { tenant }, error);
    }
  }
}

/** No engine is an answer, which the operator is given with its remedy; a stop before there was one is none; else it is a fault. */
function tellUnavailable(error: unknown, { announce, log }: Heard): void {
  if (!isProblem(error)) log.error('speech.unavailable', {}, error);
  else if (error.code !== 'shutting_down') {
    const { message, remedy } = PROBLEMS[error.code];
    announce(`${message} ${remedy}`);
    log.info('speech.unavailable', { code: error.code });
  }
}

async function attestEngine(registry: Registry, state: EngineState, tenant: TenantId): Promise<void> {
  if (state.state !== 'ready') return;
  await registry.ensureInProcess(tenant, SYSTEM_ACTOR, inProcessService(state));
}

/** The exact engine and model: another model is another service. */
function serviceId(state: EngineState): string {
  return `${state.engine ?? 'none'}:${state.model ?? 'none'}`;
}

function inProcessService(state: EngineState): Omit<Service, 'version'> {
  return {
    id: serviceId(state),
    vendor: 'this installation',
    product: state.engine ?? 'none',
    model: state.model ?? 'none',
    capability: 'transcribe',
    modality: 'audio',
    adapter: 'local-speech',
    endpoint: null,
    account: null,
    credential: null,
    vendorManagesWeightsOnly: false,
    regions: { inference: IN_PROCESS, storage: IN_PROCESS, support: IN_PROCESS, logs: IN_PROCESS },
    stage: 'ga',
    retentionDays: 0,
    trainsOnContent: 'never',
    isolation: 'self-hosted',
    pattern: 'on-prem',
    dataClasses: ['public', 'deidentified', 'limited-data-set', 'minimised-phi', 'phi'],
    features: [],
    accuracy: state.accuracy ?? 'low',
    enabled: true,
  };
}

function mustHear(state: EngineState): void {
  switch (state.state) {
    case 'ready':
      return;
    case 'acquiring':
      throw new ProblemError('engine_not_ready', { retryAfter: RETRY_AFTER_SECONDS });
    case 'missing':
    case 'failed':
      throw new ProblemError(state.problem ?? 'engine_missing');
  }
}

function installedDetail({ method, engine, model, digest, packages }: Installed) {
  return { engine, source: method, model, digest, packages: [...packages] };
}
