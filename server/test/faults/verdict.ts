// After the last kill: is everything that was acknowledged there, once, as it was said; and does the ledger verify?
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { verifyBundle } from '@cordon/proofs';
import type { VerifyReport } from '@cordon/proofs';
import type { Acknowledged, SignedNote } from './acknowledged.ts';
import { codeOf, fairWeather, json, persist } from './client.ts';
import type { Answer, Target } from './client.ts';
import type { Person } from './person.ts';

export interface Verdict {
  /** One sentence per thing that is not as it was acknowledged. Empty: all is well. */
  readonly faults: readonly string[];
  readonly ledger: Pick<VerifyReport, 'result' | 'treeSize' | 'warnings' | 'firstBad'>;
  readonly calls: { readonly intents: number; readonly outcomes: number };
  /** Jobs that ended in `engine_failed`, told and repeatable. */
  readonly gaveUp: number;
}

export interface VerdictOptions {
  readonly target: Target;
  /** CORDON_HOME; the verifier's key and the anchors lie in it and beside it. */
  readonly home: string;
  readonly audio: Buffer;
  readonly clinician: Person;
  readonly acknowledged: Acknowledged;
  /** Whether the server honours `Idempotency-Key`: only then is a repeated request that was done twice a fault. */
  readonly idempotent: boolean;
}

const JOBS_END_MS = 180_000; // a backlog of short recordings on two cores
const CALLS_END_MS = 45_000; // the lease of a dead process (15 s), one round of recovery, and a busy machine
const PAGE = 200;

export async function judge(options: VerdictOptions): Promise<Verdict> {
  const ask = asker(options.target);
  const faults: string[] = [];
  for (const { path, status, code } of options.acknowledged.wrong) faults.push(`${path} answered ${status} ${code}`);
  await judgeEncounters(ask, options, faults);
  const gaveUp = await judgeRecordings(ask, options, faults);
  await judgeTranscriptions(ask, options.acknowledged, faults);
  await judgeNotes(ask, options, faults);
  const calls = await judgeCalls(ask, faults);
  const ledger = await judgeLedger(ask, options, faults);
  return { faults, ledger, calls, gaveUp: gaveUp.length };
}

type Ask = (path: string, how?: { readonly body?: object; readonly token?: () => string }) => Promise<Answer>;

function asker(target: Target): Ask {
  const weather = fairWeather();
  return (path, { body, token } = {}) =>
    persist(target, weather, {
      method: body === undefined ? 'GET' : 'POST',
      path,
      ...(token === undefined ? {} : { token }),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: () => JSON.stringify(body) }),
    });
}

async function all<T>(ask: Ask, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const mark: string = path.includes('?') ? '&' : '?';
    const page = json(
      await ask(`${path}${mark}limit=${PAGE}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`),
    ) as { items: T[]; next: string | null };
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

async function judgeEncounters(ask: Ask, options: VerdictOptions, faults: string[]): Promise<void> {
  const { acknowledged, clinician, idempotent } = options;
  const found = new Map<string, string[]>();
  // The listing is walled like everything: what a person opened is that person's to see, and the key sees its tenant's.
  for (const { id, reference } of await all<{ id: string; reference: string | null }>(ask, '/api/encounters')) {
    if (reference !== null) found.set(reference, [...(found.get(reference) ?? []), id]);
  }
  for (const [reference, ids] of found) {
    if (idempotent && ids.length > 1) faults.push(`encounter doubled: ${reference} ${ids.join()}`);
  }
  for (const [reference, id] of acknowledged.encounters) {
    if ((found.get(reference) ?? []).includes(id)) continue;
    const answer = await ask(`/api/encounters/${id}`, { token: clinician.token });
    if (answer.status !== 200) faults.push(`encounter lost: ${id}`);
  }
}

/** Gives the jobs that ended in `engine_failed`. */
async function judgeRecordings(ask: Ask, options: VerdictOptions, faults: string[]): Promise<readonly string[]> {
  const gaveUp: string[] = [];
  const digest = sha256(options.audio);
  const until = performance.now() + JOBS_END_MS;
  for (const [id, { encounter, job }] of options.acknowledged.recordings) {
    const listed = await all<{ id: string }>(ask, `/api/encounters/${encounter}/recordings`);
    if (listed.length < 1 || (options.idempotent && listed.length > 1))
      faults.push(`encounter ${encounter} has ${listed.length} recordings for one upload`);
    const audio = await ask(`/api/recordings/${id}/audio`);
    if (audio.status !== 200) faults.push(`recording lost: ${id} ${audio.status} ${codeOf(audio)}`);
    else if (sha256(audio.body) !== digest) faults.push(`recording changed: ${id}`);
    if (job !== null) await judgeJob(ask, { job, encounter, until, recordings: listed.length, gaveUp }, faults);
  }
  return gaveUp;
}

async function judgeJob(
  ask: Ask,
  about: {
    readonly job: string;
    readonly encounter: string;
    readonly until: number;
    readonly recordings: number;
    readonly gaveUp: string[];
  },
  faults: string[],
): Promise<void> {
  const { job, encounter, until, recordings, gaveUp } = about;
  for (;;) {
    const { state, problem } = json(await ask(`/api/jobs/${job}`)) as { state: string; problem: string | null };
    if (state === 'done') break;
    // A recogniser that died twice on one recording: the job says so, the recording stays, and it can be asked for again.
    if (state === 'failed' && problem === 'engine_failed') return void gaveUp.push(job);
    if (state === 'failed' || performance.now() > until) {
      faults.push(`job ${job} is ${state} ${problem ?? ''}`);
      return;
    }
    await sleep(200);
  }
  const transcripts = await all<{ id: string }>(ask, `/api/encounters/${encounter}/transcripts`);
  if (transcripts.length < 1 || transcripts.length > recordings) {
    faults.push(`job ${job} left ${transcripts.length} transcripts of ${recordings} recordings`);
  }
}

/** What a caller received is what the house keeps; that it is what the ledger holds is seen once the server is stopped (sealed.ts). */
async function judgeTranscriptions(ask: Ask, acknowledged: Acknowledged, faults: string[]): Promise<void> {
  for (const { transcript, text, outcome } of acknowledged.received) {
    if (outcome !== null) await expectEntry(ask, outcome, 'call.outcome', faults);
    if (transcript === null) continue;
    const stored = await ask(`/api/transcripts/${transcript}`);
    if (stored.status !== 200) faults.push(`transcript lost: ${transcript} ${stored.status}`);
    else if ((json(stored) as { transcription: { text: string } }).transcription.text !== text) {
      faults.push(`transcript ${transcript} is not what was answered`);
    }
  }
}

async function judgeNotes(ask: Ask, { acknowledged, clinician }: VerdictOptions, faults: string[]): Promise<void> {
  const { token } = clinician;
  for (const [id, draft] of acknowledged.drafts) {
    const stored = await ask(`/api/drafts/${id}`, { token });
    if (stored.status !== 200) faults.push(`draft lost: ${id} ${stored.status} ${codeOf(stored)}`);
    else if (!isDeepStrictEqual(json(stored), draft)) faults.push(`draft ${id} is not what was answered`);
  }
  for (const [id, signed] of acknowledged.signed) {
    const stored = await ask(`/api/notes/${id}`, { token });
    if (stored.status !== 200) {
      faults.push(`signed note lost: ${id} ${stored.status} ${codeOf(stored)}`);
      continue;
    }
    const { state, versionSeen, sections, signature } = json(stored) as SignedNote;
    if (state !== 'signed' || !isDeepStrictEqual({ state, versionSeen, sections, signature }, signed)) {
      faults.push(`signed note ${id} is not what was answered: ${state}`);
    }
    await expectEntry(ask, signed.signature.receipt.index, 'note.signed', faults);
  }
}

async function expectEntry(ask: Ask, index: number, kind: string, faults: string[]): Promise<void> {
  const entry = await ask(`/api/ledger/entries/${index}`);
  if (entry.status !== 200) faults.push(`entry ${index} (${kind}) is not in the ledger: ${entry.status}`);
  else if ((json(entry) as { kind: string }).kind !== kind) faults.push(`entry ${index} is no ${kind}`);
}

/** Exactly two entries per call. One that was begun has an outcome also when the process died in between: recovery says `interrupted`. */
async function judgeCalls(ask: Ask, faults: string[]): Promise<Verdict['calls']> {
  const until = performance.now() + CALLS_END_MS;
  for (;;) {
    const outcomes = await all<{ header: string }>(ask, '/api/ledger/entries?kind=call.outcome&order=oldest');
    const ended = outcomes.map(({ header }) => (JSON.parse(header) as { detail: { intent: string } }).detail.intent);
    const intents = await all<{ entryId: string }>(ask, '/api/ledger/entries?kind=call.intent&order=oldest');
    const open = intents.filter(({ entryId }) => !ended.includes(entryId));
    if (open.length === 0 || performance.now() > until) {
      for (const { entryId } of open) faults.push(`call ${entryId} has no outcome`);
      if (new Set(ended).size !== ended.length) faults.push('a call has two outcomes');
      return { intents: intents.length, outcomes: outcomes.length };
    }
    await sleep(1_000);
  }
}

async function judgeLedger(ask: Ask, options: VerdictOptions, faults: string[]): Promise<Verdict['ledger']> {
  const exported = await ask('/api/ledger/export', { body: {} });
  if (exported.status !== 200) {
    faults.push(`ledger export answered ${exported.status} ${codeOf(exported)}`);
    return { result: 'failed', treeSize: null, warnings: [], firstBad: null };
  }
  const directory = await mkdtemp(join(tmpdir(), 'cordon-verdict-'));
  try {
    await writeFile(join(directory, 'bundle.tar'), exported.body);
    const bundle = join(directory, 'bundle');
    execFileSync('sh', ['-c', 'mkdir "$1" && tar -xf "$0" -C "$1"', join(directory, 'bundle.tar'), bundle]);
    const report = await verifyBundle(directoryReader(bundle), {
      vkeys: [(await readFile(join(options.home, 'log.vkey'), 'utf8')).trim()],
      anchors: [...(await anchorsOf(`${options.home}-anchors`)), ...received(options.acknowledged)],
      strict: false,
    });
    if (report.result !== 'verified') faults.push(`the ledger does not verify: ${JSON.stringify(report.firstBad)}`);
    const { result, treeSize, warnings, firstBad } = report;
    return { result, treeSize, warnings, firstBad };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A checkpoint that somebody was given is an anchor too: the log may never be shorter than it, or other. */
function received({ checkpoints }: Acknowledged): { name: string; bytes: Uint8Array }[] {
  return [...new Set(checkpoints)].map((note, at) => ({ name: `received-${at}`, bytes: Buffer.from(note) }));
}

function directoryReader(root: string): Parameters<typeof verifyBundle>[0] {
  return {
    async *list() {
      for (const one of await readdir(root, { recursive: true, withFileTypes: true })) {
        if (!one.isFile()) continue;
        const path = join(one.parentPath, one.name);
        yield { path: path.slice(root.length + 1), bytes: (await stat(path)).size };
      }
    },
    read: async (path: string) => new Uint8Array(await readFile(join(root, path))),
  };
}

async function anchorsOf(directory: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  // As `cordon verify` reads them: what a killed writer left unfinished is no checkpoint.
  const files = found.filter((one) => one.isFile() && one.name.endsWith('.checkpoint'));
  return Promise.all(
    files.map(async (one) => ({
      name: one.name,
      bytes: new Uint8Array(await readFile(join(one.parentPath, one.name))),
    })),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
