// The clinical half of the main job: an encounter with consent, its recording, transcript and draft, and where the ledger has it.
import { randomUUID } from 'node:crypto';
import type { CONSENT_MANNERS, TEMPLATES } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { answered, type Api } from '#connection/api.ts';
import type { Server } from '#connection/connect.ts';
import { engineReady } from '#connection/engine.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { type LedgerPlace, placeOf } from '#ledger/checkpoint.ts';
import { beginStage } from '#terminal/progress.ts';
import { storeRecording, transcript, transcriptOf } from '#visit/recording.ts';

export type Template = (typeof TEMPLATES)[number];
export type ConsentManner = (typeof CONSENT_MANNERS)[number];

export interface VisitWish {
  readonly file: string;
  readonly template: Template;
  readonly consent: ConsentManner;
  readonly consentBy: string | null;
  /** The record system's reference for the patient; opaque. Null: one is made up for this visit alone. */
  readonly patient: string | null;
  /** Labels of the channels in order; null: the server numbers them. */
  readonly speakers: readonly string[] | null;
  readonly demo: boolean;
}

export interface Visit {
  readonly encounterId: string;
  readonly transcript: Schemas['Transcript'];
  readonly draft: Schemas['Draft'];
  /** Where the ledger records the draft. */
  readonly ledger: LedgerPlace;
}

/** From the file to the draft, with a line of progress per step. */
export async function runVisit(context: Context, server: Server, api: Api, wish: VisitWish): Promise<Visit> {
  await engineReady(context, server.url);
  const encounterId = await openEncounter(api, wish);
  const jobId = await withStage(context, 'Sealing the recording', async (stage) => {
    const recording = await storeRecording(context, server, encounterId, wish, stage);
    if (recording.jobId === null) throw new Refusal('internal');
    return { result: recording.jobId, said: `${duration(recording.duration)} under a key of its own` };
  });
  const heard = await withStage(context, 'Transcribing', async (stage) => {
    const found = await transcript(api, await transcriptOf(context, server, jobId, stage));
    return { result: found, said: heardWords(found) };
  });
  const draft = await withStage(context, 'Drafting and verifying', async () => {
    const made = await answered(
      api.POST('/api/transcripts/{id}/drafts', {
        params: { path: { id: heard.id } },
        body: { template: wish.template },
      }),
    );
    return { result: made, said: draftWords(made) };
  });
  const ledger = await placeOf(api, 'draft.created', draft.id, context.signal);
  return { encounterId, transcript: heard, draft, ledger };
}

/** A dictation is a purpose of its own: nobody but the clinician is recorded, so there is no patient who could consent. */
async function openEncounter(api: Api, { patient, demo, consent, consentBy }: VisitWish): Promise<string> {
  const encounter = await answered(
    api.POST('/api/encounters', {
      body: {
        patient: patient ?? `visit-${randomUUID()}`,
        ...(consent === 'dictation' ? { purpose: 'dictation' } : {}),
        ...(demo ? { demo: true } : {}),
      },
    }),
  );
  await answered(
    api.POST('/api/encounters/{id}/consents', {
      params: { path: { id: encounter.id } },
      body: { manner: consent, ...(consentBy === null ? {} : { by: consentBy }) },
    }),
  );
  return encounter.id;
}

type StageOf = ReturnType<typeof beginStage>;

/** Runs one step under a line of progress; `said` is what stands beside it when it is done. */
export async function withStage<T>(
  { terminal }: Context,
  title: string,
  step: (stage: StageOf) => Promise<{ readonly result: T; readonly said: string }>,
): Promise<T> {
  const stage = beginStage(terminal, title);
  try {
    const { result, said } = await step(stage);
    stage.done(said);
    return result;
  } catch (error) {
    stage.abandon();
    throw error;
  }
}

export function duration(seconds: number | null): string {
  if (seconds === null) return 'unknown length';
  const whole = Math.round(seconds);
  return whole < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function heardWords({ transcription, accuracy }: Schemas['Transcript']): string {
  const { words, engine, model, realTimeFactor } = transcription;
  const speed = realTimeFactor === 0 ? '' : `, ${rate(1 / realTimeFactor)} × real time`;
  const name = `${engine} ${model}`;
  const warning = accuracy === 'low' && !name.includes('low accuracy') ? ' (low accuracy)' : '';
  return `${words.length} words, ${name}${warning}${speed}`;
}

function rate(times: number): string {
  return times < 10 ? times.toFixed(1) : times.toFixed(0);
}

function draftWords({ sections }: Schemas['Draft']): string {
  const sentences = sections.flatMap((section) => section.sentences);
  const supported = sentences.filter((sentence) => sentence.verdict === 'supported').length;
  return `${sentences.length} sentences, each with its source; ${supported} supported`;
}
