// The server process: composes every part, serves, and stops in order. With worker.ts the only file that knows them all.
import { isProblem } from '@cordon/contract';
import { carryOut } from '#api/manage/approved-acts.ts';
import { budgetHandlers } from '#api/manage/budgets.ts';
import { custodyHandlers, requestActivation, requestExport, useExportApproval } from '#api/manage/custody.ts';
import { deidHandlers } from '#api/manage/deid.ts';
import { draftHandlers } from '#api/manage/drafts.ts';
import { encounterHandlers } from '#api/manage/encounters.ts';
import { filingHandlers } from '#api/manage/filing.ts';
import { ledgerHandlers } from '#api/manage/ledger.ts';
import { lookHandlers } from '#api/manage/looks.ts';
import { modelHandlers } from '#api/manage/models.ts';
import { noteHandlers } from '#api/manage/notes.ts';
import { operateHandlers } from '#api/manage/operate.ts';
import { peopleHandlers } from '#api/manage/people.ts';
import { policyHandlers } from '#api/manage/policy.ts';
import { recordingHandlers } from '#api/manage/recordings.ts';
import { sessionHandlers } from '#api/manage/session.ts';
import { transcriptHandlers } from '#api/manage/transcripts.ts';
import { vocabularyHandlers } from '#api/manage/vocabulary.ts';
import type { PatientGuard } from '#api/manage/guard.ts';
import { realtimeHandlers } from '#api/openai/realtime.ts';
import { modelCallHandlers } from '#api/openai/model-calls.ts';
import { transcriptionHandlers } from '#api/openai/transcriptions.ts';
import { authenticateWith } from '#api/routing/credential.ts';
import type { Handlers } from '#api/routing/handler.ts';
import { createIdempotency } from '#api/routing/idempotency.ts';
import { registerRoutes } from '#api/routing/register.ts';
import { routingWrapTables } from '#api/routing/wrap-tables.ts';
import { visitOfCall } from '#api/openai/visit.ts';
import { deidWrapTables } from '#boundary/deid-jobs/wrap-tables.ts';
import { evidenceWrapTables } from '#boundary/evidence/wrap-tables.ts';
import { registryWrapTables } from '#boundary/registry/wrap-tables.ts';
import { activateBy } from '#boundary/rulebook/versions.ts';
import { sweepBrokenUploads } from '#clinical/audio/recordings.ts';
import { isRelated } from '#clinical/encounters/encounters.ts';
import { LiveSessions } from '#clinical/live/sessions.ts';
import { draftNote } from '#clinical/notes/drafting.ts';
import { STARTING_RULES } from '#clinical/review/attestation.ts';
import { CATALOGUE } from '#clinical/transcription/model-catalogue.ts';
import { ModelShelf } from '#clinical/transcription/model-shelf.ts';
import {
  abandonTranscription,
  runTranscription,
  TRANSCRIBE_QUEUE,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import { createTenantWords } from '#clinical/vocabulary/tenant-words.ts';
import { clinicalWrapTables } from '#clinical/wrap-tables.ts';
import { loadConfig } from '#config/config.ts';
import { createAuthenticator, type Authenticator } from '#custody/access/authenticate.ts';
import { createPatientGuard } from '#custody/access/break-glass.ts';
import { accessContext, type AccessContext } from '#custody/access/context.ts';
import { readPerson } from '#custody/access/people.ts';
import { listTenants } from '#custody/access/tenants.ts';
import { accessWrapTables } from '#custody/access/wrap-tables.ts';
import { maintainKeys } from '#custody/keys/maintain.ts';
import { noteSigner } from '#custody/ledger/signing.ts';
import { LEDGER_WRAPS } from '#custody/ledger/wraps.ts';
import type { TenantId } from '#kernel/ids.ts';
import { createHttpServer, type HttpServer } from '#platform/http/server.ts';
import { standardErrorLog } from '#platform/log/standard-error.ts';
import { startBoundaryService, type BoundaryService } from './boundary-service.ts';
import { sweepDeid, workDeidJobs } from './deid-service.ts';
import { layFoundation, type Foundation } from './foundation.ts';
import { evidenceService, keepMethods } from './evidence-service.ts';
import { keepRegistry, registryService } from './registry-service.ts';
import { healthOf } from './health.ts';
import { startSpeechService, type SpeechService } from './speech-service.ts';
import { welcome } from './welcome.ts';
import { failStart } from './start-failure.ts';

/** Milliseconds that requests under way get when the server stops. */
const STOP_GRACE_MS = 20_000;

/** Milliseconds between looks at what keys need: events to record, rotations to end, copies to expire. */
const KEY_UPKEEP_MS = 60_000;

/** Milliseconds between entries that count failed sign-ins (spec custody §3: aggregated). */
const FAILURES_FLUSH_MS = 60_000;

/** Milliseconds that one upload may take at most: a day of audio at the speed it was spoken. */
const LONGEST_UPLOAD_MS = 86_400_000;

/** Live children that wait with their models loaded: one that is being taken and the next. */
const LIVE_SPARES = 2;

/** Milliseconds between looks at live sessions that nobody wants any more, here or left behind. */
const LIVE_UPKEEP_MS = 30_000;

const WRAP_TABLES = [
  ...clinicalWrapTables,
  ...accessWrapTables,
  ...registryWrapTables,
  ...deidWrapTables,
  ...evidenceWrapTables,
  ...routingWrapTables,
  ...LEDGER_WRAPS,
];

async function main(): Promise<void> {
  const config = loadConfig();
  const log = standardErrorLog(config.logLevel);
  const foundation = await layFoundation(config, log);
  const stopping = new AbortController();
  const access = accessContext({ ...foundation, derive: foundation.keys.installation.derive });
  const authenticator = createAuthenticator(access);
  const speech = startSpeechService(foundation, () => listTenants(access), say, LIVE_SPARES);
  const boundary = startBoundaryService(foundation);
  const http = createHttpServer({ log, ...config.listen });
  const parts: TranscriptionParts = {
    ...foundation,
    recognise: speech.recognise,
    remote: boundary.speech,
    inspect: speech.inspect,
    wordsOf: createTenantWords(foundation),
  };
  const live = new LiveSessions({
    ...parts,
    hearLive: speech.hearLive,
    onEvent: (event, code) => log.warn(event, { code }),
  });
  const stop = stopOnce({ foundation, access, boundary, http, speech, live, stopping });
  try {
    await startWork(foundation, access, parts);
    keepLive(foundation, access, live);
    sweepDeid(foundation, () => listTenants(access));
    keepRegistry(foundation, boundary.probes, () => listTenants(access), stopping.signal);
    keepMethods(foundation, () => listTenants(access));
    const shelf = shelfOf(foundation, speech, stopping.signal);
    await shelf.sweep();
    const handlers = composeHandlers({
      foundation,
      access,
      authenticator,
      boundary,
      speech,
      shelf,
      parts,
      live,
      stopping: stopping.signal,
    });
    const { ledger, clock } = foundation;
    const authenticate = authenticateWith(authenticator, config.listen.tls !== null);
    const idempotency = createIdempotency({
      ...foundation,
      content: (tenant, entry) => foundation.ledger.content(tenant, entry),
      sole: config.database.kind === 'embedded',
    });
    registerRoutes(http.app, { ledger, clock, authenticate, handlers, idempotency, stopping: stopping.signal });
    const url = await listen(http, config.listen);
    const onTenant = async (tenant: TenantId): Promise<void> => {
      await startTenant(foundation.registry, tenant);
      await speech.attest(tenant);
    };
    await welcome(foundation, access, url, { onTenant, say });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keys are kept, entries of key events sent, jobs taken. */
async function startWork(foundation: Foundation, access: AccessContext, parts: TranscriptionParts): Promise<void> {
  const { keys, ledger, jobs, log } = foundation;
  const upkeep = () =>
    maintainKeys(keys, (request) => ledger.append(request)).catch((error: unknown) =>
      log.error('keys.upkeep_failed', {}, error),
    );
  await upkeep();
  setInterval(() => void upkeep(), KEY_UPKEEP_MS).unref();
  const flush = () => access.failures.flush().catch((error: unknown) => log.error('access.flush_failed', {}, error));
  setInterval(() => void flush(), FAILURES_FLUSH_MS).unref();
  for (const tenant of await listTenants(access)) {
    await wakeTenant(foundation, parts, tenant).catch((error: unknown) =>
      log.error('tenant.start_failed', { tenant }, error),
    );
  }
  await jobs.work(
    TRANSCRIBE_QUEUE,
    (job) => runTranscription(parts, job),
    (job) => abandonTranscription(parts, job),
  );
  await workDeidJobs(foundation);
}

/** One tenant's trouble (a ledger that is read-only, say) does not keep the others from starting. */
async function wakeTenant(foundation: Foundation, parts: TranscriptionParts, tenant: TenantId): Promise<void> {
  const { config, clock, registry, log } = foundation;
  // Embedded, no other process can be receiving an upload; elsewhere only what is old is surely broken off.
  const quietMs = config.database.kind === 'embedded' ? 0 : LONGEST_UPLOAD_MS;
  const broken = await sweepBrokenUploads(parts, tenant, new Date(clock.now().getTime() - quietMs));
  if (broken > 0) log.warn('recording.broken_uploads_removed', { tenant, count: broken });
  await startTenant(registry, tenant);
}

function startTenant(registry: Foundation['registry'], tenant: TenantId): Promise<void> {
  return registry.ensurePolicy(tenant, { type: 'system', id: 'start' });
}

/** Sessions that a crash left open wait for their clients, like those here; then they become recordings. */
function keepLive({ log }: Foundation, access: AccessContext, live: LiveSessions): void {
  const look = async (): Promise<void> => {
    await live.upkeep();
    for (const tenant of await listTenants(access)) await live.sweep(tenant);
  };
  const upkeep = () => look().catch((error: unknown) => log.error('live.upkeep_failed', {}, error));
  void upkeep();
  setInterval(() => void upkeep(), LIVE_UPKEEP_MS).unref();
}

interface Rooms {
  readonly foundation: Foundation;
  readonly access: AccessContext;
  readonly authenticator: Authenticator;
  readonly boundary: BoundaryService;
  readonly speech: SpeechService;
  readonly shelf: ModelShelf;
  readonly parts: TranscriptionParts;
  readonly live: LiveSessions;
  readonly stopping: AbortSignal;
}

function shelfOf({ clock }: Foundation, speech: SpeechService, stopping: AbortSignal): ModelShelf {
  const { modelDirectories: directories, modelCache: root, download } = speech;
  return new ModelShelf({ directories, root, catalogue: CATALOGUE, download, engine: speech, clock, stopping });
}

function composeHandlers(rooms: Rooms): Handlers {
  const { foundation, access, speech, shelf, parts, stopping } = rooms;
  const { config, keys, ledger, registry, clock, store } = foundation;
  const secure = config.listen.tls !== null;
  const guard = createPatientGuard(access, (tenant, encounter, person) => isRelated(parts, tenant, encounter, person));
  const noteParts = {
    ...parts,
    rules: () => STARTING_RULES,
    personName: (tenant: TenantId, id: string) => nameOf(access, tenant, id),
  };
  const installation = keys.installation.id;
  const policies = { store, ledger, registry, embedded: config.database.kind === 'embedded' };
  const activatePolicy = activateBy(policies);
  const onTenant = async (tenant: TenantId): Promise<void> => {
    await startTenant(registry, tenant);
    await speech.attest(tenant);
  };
  return {
    ...sessionHandlers(access, secure),
    ...peopleHandlers({ access, onTenant }),
    ...encounterHandlers(parts, guard),
    ...lookHandlers(parts, access, guard),
    ...recordingHandlers(parts, guard),
    ...transcriptHandlers(parts, guard),
    ...vocabularyHandlers(parts),
    ...deidHandlers({ ...foundation, meter: rooms.boundary.meter }),
    ...draftHandlers({ ...parts, drafter: draftNote }, guard),
    ...noteHandlers(noteParts, guard),
    ...filingHandlers(
      { ...noteParts, installation, logOf: (tenant) => `cordon.local/${installation}/${tenant}` },
      guard,
    ),
    ...ledgerHandlers({
      ledger,
      clock,
      reader: ledger,
      vkey: async () => noteSigner(await keys.refreshSigningKey()).vkey,
      exportBundle: (request) => ledger.export(request),
      useApproval: (principal, approval, scope) => useExportApproval(access, principal, approval, scope),
      requestApproval: (principal, scope, reason) => requestExport(access, principal, scope, reason),
    }),
    ...registryService(foundation),
    ...evidenceService(foundation),
    ...budgetHandlers({ access, ...rooms.boundary.budgets }),
    ...policyHandlers({ ...policies, clock, requestActivation: (...asked) => requestActivation(access, ...asked) }),
    ...custodyHandlers({
      access,
      keys,
      carryOut: (tenant, act) =>
        carryOut({ store, keys, ledger, wrapTables: WRAP_TABLES, activatePolicy }, tenant, act),
    }),
    ...operateHandlers({
      registry,
      clock,
      engine: () => speech.state(),
      health: () => healthOf(foundation, stopping),
    }),
    ...modelHandlers({ access, ledger, shelf }),
    ...openaiHandlers(rooms, guard),
  };
}

function openaiHandlers({ foundation, authenticator, boundary, speech, parts, live }: Rooms, guard: PatientGuard) {
  const { keys, clock, ledger, log, pool } = foundation;
  const mustHear = (): void => speech.mustHear();
  return {
    ...modelCallHandlers({
      ...boundary.calls,
      keys,
      clock,
      meter: boundary.meter,
      reader: ledger,
      pool,
      visitOf: (principal, reference) => visitOfCall(parts, guard, principal, reference),
      authenticator,
    }),
    ...transcriptionHandlers({ ...parts, mustHear, meter: boundary.meter }, guard),
    ...realtimeHandlers(
      { ...parts, live, mustHear, meter: boundary.meter, onFault: (error) => log.error('live.failed', {}, error) },
      guard,
    ),
  };
}

async function nameOf(access: AccessContext, tenant: TenantId, id: string): Promise<string | null> {
  try {
    return (await readPerson(access, tenant, id)).name;
  } catch (error) {
    if (isProblem(error) && error.code === 'not_found') return null;
    throw error;
  }
}

async function listen(
  http: HttpServer,
  at: { readonly host: string; readonly port: number; readonly tls: object | null },
): Promise<string> {
  await http.app.listen({ host: at.host, port: at.port });
  const address = http.app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : at.port;
  const host = at.host.includes(':') ? `[${at.host}]` : at.host;
  return `${at.tls === null ? 'http' : 'https'}://${host}:${port}`;
}

interface Running {
  readonly foundation: Foundation;
  readonly access: AccessContext;
  readonly boundary: BoundaryService;
  readonly http: HttpServer;
  readonly speech: SpeechService;
  readonly live: LiveSessions;
  readonly stopping: AbortController;
}

/** Requests first, then jobs and engine, then the floors below. A second signal does not wait. */
function stopOnce(running: Running): () => Promise<void> {
  const { foundation, access, boundary, http, speech, live, stopping } = running;
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await live.stop();
    await http.stop(STOP_GRACE_MS);
    await boundary.stop();
    await speech.stop();
    await access.failures.flush().catch((error: unknown) => foundation.log.error('access.flush_failed', {}, error));
    await foundation.close();
  };
  const once = (): Promise<void> => (stopped ??= stop());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopped !== null) process.exit(1);
      void once().then(() => process.exit(0));
    });
  }
  return once;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch(failStart);
