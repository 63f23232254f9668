// `cordon models …`: the speech models on the server's machine.
import { InstalledModel, type ProblemCode, PROBLEMS } from '@cordon/contract';
import { problemOf, type Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { declare, declareGroup } from '#command.ts';
import { answered, type Api, apiOf, isRefusal } from '#connection/api.ts';
import { type Server, withServer } from '#connection/connect.ts';
import { engineReady } from '#connection/engine.ts';
import { upload, type UploadReply } from '#connection/upload.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { packModel } from '#models/pack.ts';
import { availableLines, installedLines, modelLine } from '#models/show.ts';
import type { Stage } from '#terminal/progress.ts';
import { withStage } from '#visit/visit.ts';

type Model = Schemas['Model'];
type Installed = Schemas['InstalledModel'];

const MIB = 1024 ** 2;
const POLL_MS = 500;

/** Looks in a row that may fail before a pull is given up from here; the server goes on with it. */
const MAX_MISSED_LOOKS = 20;

export function addModels(program: Command, context: Context): void {
  const group = declareGroup(program, 'models', 'list, pull, import, verify and remove speech models');
  declare(group, 'list', 'list the models on the server’s machine', ['models list', 'models list --available'])
    .option('--available', 'the published models that can be pulled, with what is known of them')
    .action(({ available }: { readonly available?: true }) => (available === true ? offered(context) : list(context)));
  declare(group, 'pull <model>', 'fetch a published model; goes on where an earlier attempt stopped', [
    'models pull parakeet-tdt-0.6b-v2-int8',
  ])
    .option('--trust-first-use', 'take files whose digest nobody published, and record what came')
    .action((id: string, { trustFirstUse }: { readonly trustFirstUse?: true }) =>
      pull(context, id, trustFirstUse === true),
    );
  declare(group, 'import <path>', 'bring a model by hand: its directory, or a tar archive of it (also gzipped)', [
    'models import ./parakeet-tdt-0.6b-v2-int8',
    'models import parakeet-tdt-0.6b-v2-int8.tar.gz',
  ]).action((path: string) => bring(context, path));
  declare(group, 'verify', 'compare a model’s files with their recorded digests; exit 1 when they differ', [
    'models verify zipformer-en-3.3m',
  ])
    .argument('[model]', 'id of the model; all of them without it')
    .action((id: string | undefined) => verify(context, id));
  declare(group, 'remove <model>', 'remove a model that no engine uses', ['models remove whisper-tiny.en']).action(
    (id: string) => remove(context, id),
  );
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, (server) => answered(apiOf(server.url, server.apiKey).GET('/api/models')));
  if (terminal.json) terminal.document(page);
  else for (const model of page.items) terminal.print(modelLine(model, terminal));
}

async function offered(context: Context): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, (server) =>
    answered(apiOf(server.url, server.apiKey).GET('/api/models/available')),
  );
  if (terminal.json) terminal.document(page);
  else for (const model of page.items) terminal.print(availableLines(model, terminal));
}

async function pull(context: Context, id: string, trustFirstUse: boolean): Promise<void> {
  const installed = await withServer(context, async (server) => {
    await engineSettled(context, server);
    const api = apiOf(server.url, server.apiKey);
    await answered(api.POST('/api/models/pull', { body: { id, trustFirstUse } }));
    return withStage(context, `Fetching ${id}`, async (stage) => ({
      result: await pulled(context, api, id, stage),
      said: '',
    }));
  });
  show(context, installed);
}

/** Asks until it has ended. Errors: the problem that it failed with. */
async function pulled(context: Context, api: Api, id: string, stage: Stage): Promise<Installed> {
  for (let missed = 0; ;) {
    try {
      const { state, bytes, total, installed, problem, file } = await answered(
        api.GET('/api/models/pull', { params: { query: { id } } }),
      );
      missed = 0;
      if (state === 'done' && installed !== null) return installed;
      if (state === 'failed') throw pullFailure(problem, file);
      stage.update(bytes / total, `${Math.floor(bytes / MIB)} of ${Math.ceil(total / MIB)} MiB`);
    } catch (error) {
      missed += 1;
      if (!isRefusal(error, 'server_unreachable') || missed > MAX_MISSED_LOOKS) throw error;
    }
    await sleep(POLL_MS, undefined, { signal: context.signal });
  }
}

function pullFailure(problem: string | null, file: string | null): Refusal {
  const code = problem !== null && Object.hasOwn(PROBLEMS, problem) ? (problem as ProblemCode) : 'internal';
  return new Refusal(code, ...(file === null ? [] : [`file: ${file}`]));
}

async function bring(context: Context, path: string): Promise<void> {
  const packed = await packModel(path);
  const installed = await withServer(context, (server) =>
    withStage(context, 'Importing', async (stage) => {
      const reply = await upload({
        url: new URL('/api/models/import', server.url),
        headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': packed.contentType },
        body: packed.body,
        bytes: packed.bytes,
        onSent: (sent) => (sent < packed.bytes ? stage.update(sent / packed.bytes) : stage.update(null, 'verifying')),
        signal: context.signal,
      });
      return { result: InstalledModel.parse(accepted(reply)), said: '' };
    }),
  );
  show(context, installed);
}

function accepted({ status, headers, text }: UploadReply): unknown {
  let document: unknown = null;
  try {
    document = JSON.parse(text);
  } catch {
    // Then the status alone says what became of it.
  }
  if (status !== 201) throw problemOf(new Response(null, { status, headers }), document);
  return document;
}

async function verify(context: Context, id: string | undefined): Promise<void> {
  const { terminal } = context;
  const checked = await withServer(context, async (server) => {
    const api = apiOf(server.url, server.apiKey);
    const { items } = await answered(api.GET('/api/models'));
    const wanted = items.filter((model) => id === undefined || model.id === id);
    if (wanted.length === 0 && id !== undefined) throw new Refusal('not_found', id);
    return Promise.all(wanted.map((model) => checkedAgain(api, model)));
  });
  if (terminal.json) terminal.document({ items: checked });
  else for (const model of checked) terminal.print(modelLine(model, terminal));
  const bad = checked.filter((model) => model.state !== 'verified').map((model) => model.id);
  if (bad.length > 0) throw new Refusal('verification_failed', bad.join(', '));
}

/** A model that differs is a result here, not a failure of the run. */
async function checkedAgain(api: Api, model: Model): Promise<Model> {
  try {
    return await answered(api.POST('/api/models/verify', { body: { id: model.id } }));
  } catch (error) {
    if (isRefusal(error, 'model_unverified')) return { ...model, state: 'unverified' };
    if (isRefusal(error, 'model_invalid')) return { ...model, state: 'invalid' };
    throw error;
  }
}

async function remove(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  await withServer(context, async (server) => {
    await engineSettled(context, server);
    const sent = await apiOf(server.url, server.apiKey).POST('/api/models/remove', { body: { id } });
    if (sent.error !== undefined) throw problemOf(sent.response, sent.error);
  });
  if (terminal.json) terminal.document({ removed: id });
  else terminal.print(`  removed ${id}`);
}

/** While a first start seeks its engine it may be fetching the same model, and no model is safe to remove. That there is none is no hindrance. */
async function engineSettled(context: Context, { url }: Server): Promise<void> {
  try {
    await engineReady(context, url);
  } catch (error) {
    if (!(error instanceof Refusal) || (error.code !== 'engine_missing' && error.code !== 'engine_failed')) throw error;
  }
}

function show({ terminal }: Context, installed: Installed): void {
  if (terminal.json) terminal.document(installed);
  else terminal.print(installedLines(installed, terminal));
}
