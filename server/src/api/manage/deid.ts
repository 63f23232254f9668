// De-identification over HTTP: texts at once, and jobs over many.
import type { DeidJob as WireDeidJob } from '@cordon/contract';
import { ENGINE_VERSION, type Mode } from '@cordon/deid';
import { madeBefore, type Handlers } from '#api/routing/handler.ts';
import { readCursor, toPage } from '#api/routing/page.ts';
import { shown } from '#boundary/deid-jobs/answers.ts';
import {
  discardDeidJob,
  followDeidJob,
  listDeidJobs,
  openDeidResult,
  readDeidJob,
} from '#boundary/deid-jobs/deid-jobs.ts';
import type { DeidJobRow } from '#boundary/deid-jobs/deid-jobs.queries.ts';
import { reasonOf } from '#boundary/deid-jobs/reasons.ts';
import { receiveDeidJob, type DeidJobParts } from '#boundary/deid-jobs/receive.ts';
import { taskOf, type DeidSettings } from '#boundary/deid-jobs/settings.ts';
import type { DeidPool } from '#boundary/deidentify/pool.ts';
import { countCall, type Meter } from '#boundary/limits/meter.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';

type DeidHandlers = Pick<
  Handlers,
  'deidentify' | 'createDeidJob' | 'listDeidJobs' | 'getDeidJob' | 'followDeidJob' | 'getDeidResult' | 'discardDeidJob'
>;

export interface DeidApiParts extends DeidJobParts {
  readonly pool: DeidPool;
  readonly meter: Meter;
}

export function deidHandlers(parts: DeidApiParts): DeidHandlers {
  return { ...atOnce(parts), ...work(parts), ...results(parts) };
}

function atOnce(parts: DeidApiParts): Pick<DeidHandlers, 'deidentify'> {
  return {
    async deidentify({ body }, { principal, exchange }) {
      await countCall(parts.meter, principal);
      const { text, texts: several = [], mode, keeping = {}, known = [] } = body;
      const given = text === undefined ? several : [text];
      const task = taskOf(given, { mode, keeping: saidOf(keeping) }, known, parts.clock.now());
      const { texts } = await parts.pool.deidentify(task, exchange.unwanted);
      const made = texts.map((each) => ({
        text: each.text,
        spans: each.spans.map((span, index) => {
          const { start, end, type, score, rule } = shown(span);
          return { start, end, type, score, rule, reason: reasonOf(span), replacement: each.replacements[index] ?? '' };
        }),
      }));
      // Recorded before a word of it leaves. How much and of what kind; no text, and nothing that depends on one.
      await record(parts, principal.tenant, principal.actor, mode, given, made.flatMap(({ spans }) => spans).length);
      return { json: { engineVersion: ENGINE_VERSION, mode, texts: made } };
    },
  };
}

/** Members that were left out stay out: the engine's defaults hold for them. */
function saidOf(keeping: { readonly [name in keyof DeidSettings['keeping']]?: boolean | undefined }) {
  return Object.fromEntries(Object.entries(keeping).filter(([, value]) => value !== undefined));
}

async function record(
  { ledger }: DeidApiParts,
  tenant: TenantId,
  actor: ActorRef,
  mode: Mode,
  texts: readonly string[],
  replaced: number,
): Promise<void> {
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const detail = { characters, job: null, mode, replaced, texts: texts.length };
  await ledger.append({ tenant, kind: 'text.deidentified', actor, detail });
}

function work(
  parts: DeidApiParts,
): Pick<DeidHandlers, 'createDeidJob' | 'listDeidJobs' | 'getDeidJob' | 'followDeidJob'> {
  return {
    async createDeidJob({ query }, { principal, exchange, reserved }) {
      await countCall(parts.meter, principal);
      const { tenant, actor } = principal;
      const { id } = reserved;
      const settings = settingsOf(query);
      if ((await madeBefore(reserved, () => readDeidJob(parts, tenant, actor, id))) === null)
        await receiveDeidJob(parts, tenant, actor, { id, settings, body: exchange.body });
      const json = showJob(await readDeidJob(parts, tenant, actor, id));
      return { json, headers: { location: `/api/deid/jobs/${id}` } };
    },

    async listDeidJobs({ query }, { principal }) {
      const before = readCursor(query.cursor);
      const rows = await listDeidJobs(parts, principal.tenant, principal.actor, before, query.limit + 1);
      return { json: toPage(rows, query.limit, ({ created_at, id }) => ({ at: created_at, id }), showJob) };
    },

    async getDeidJob({ params }, { principal }) {
      return { json: showJob(await readDeidJob(parts, principal.tenant, principal.actor, params.id)) };
    },

    async followDeidJob({ params }, { principal, exchange }) {
      const { tenant, actor } = principal;
      await readDeidJob(parts, tenant, actor, params.id);
      const rows = followDeidJob(parts, tenant, actor, params.id, exchange.unwanted);
      return { events: shownJobs(rows) };
    },
  };
}

function results(parts: DeidApiParts): Pick<DeidHandlers, 'getDeidResult' | 'discardDeidJob'> {
  return {
    async getDeidResult({ params }, { principal }) {
      const stream = await openDeidResult(parts, principal.tenant, principal.actor, params.id);
      return { stream, contentType: 'application/x-ndjson', objects: [{ type: 'deid-job', id: params.id }] };
    },

    async discardDeidJob({ params }, { principal }) {
      await discardDeidJob(parts, principal.tenant, principal.actor, params.id);
      return { nothing: true };
    },
  };
}

type Flag = 'true' | 'false' | undefined;

function settingsOf(query: {
  readonly mode: Mode;
  readonly keepAgesUnder90?: Flag;
  readonly keepYears?: Flag;
  readonly keepStates?: Flag;
  readonly keepFacilities?: Flag;
}): DeidSettings {
  const said = {
    agesUnder90: query.keepAgesUnder90,
    years: query.keepYears,
    states: query.keepStates,
    facilities: query.keepFacilities,
  };
  const keeping = Object.entries(said).flatMap(([name, flag]) =>
    flag === undefined ? [] : [[name, flag === 'true'] as const],
  );
  return { mode: query.mode, keeping: Object.fromEntries(keeping) };
}

async function* shownJobs(rows: AsyncIterable<DeidJobRow>): AsyncIterable<WireDeidJob> {
  for await (const row of rows) yield showJob(row);
}

function showJob(row: DeidJobRow): WireDeidJob {
  return {
    id: row.id,
    state: row.state === 'receiving' ? 'queued' : row.state,
    mode: row.settings.mode,
    progress: row.state === 'done' ? 1 : row.lines === 0 ? 0 : row.lines_done / row.lines,
    lines: row.lines,
    linesDone: row.lines_done,
    linesRefused: row.lines_refused,
    replaced: row.replaced,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    problem: row.problem,
  };
}
