// Recordings and transcripts on the wire.
import { z } from 'zod';
import { Accuracy } from './context.ts';
import { Count, Id, IdParams, Idempotency, IfMatch, Label, PageQuery, pageOf, Seconds, Time } from './fields.ts';
import { Job } from './jobs.ts';
import { MAX_CHANGES, MAX_CHANNELS, MAX_LABEL_CHARS, MAX_SENTENCE_CHARS } from './limits.ts';
import type { Route } from './route.ts';

const Channel = z
  .number()
  .int()
  .min(0)
  .max(MAX_CHANNELS - 1);

/** `A`, `B`, … in the order in which they are first heard: there are at most sixteen. */
const Speaker = z
  .string()
  .regex(/^[A-P]$/)
  .meta({ description: 'Who speaks, where the speakers of a single channel were told apart by their voices.' });

/** One word: `text` as written ("10 mg"), `spoken` as said ("ten milligrams"). A written word may stand for several spoken ones. */
export const Word = z
  .strictObject({
    text: z.string(),
    spoken: z.string(),
    start: Seconds,
    end: Seconds,
    confidence: z.number().min(0).max(1),
    channel: Channel,
    speaker: Speaker.exactOptional(),
  })
  .meta({ id: 'Word' });
export type Word = z.infer<typeof Word>;

export const Segment = z
  .strictObject({
    id: z.string().min(1).max(64).meta({ description: '`<channel>-<start in ms>`; stable over retries.' }),
    start: Seconds,
    end: Seconds,
    channel: Channel,
    speaker: Speaker.exactOptional(),
    text: z.string(),
    spokenText: z.string(),
    opens: z
      .enum(['line', 'paragraph'])
      .exactOptional()
      .meta({ description: 'Dictated: the text begins a new line or paragraph here.' }),
  })
  .meta({ id: 'Segment' });
export type Segment = z.infer<typeof Segment>;

/** A term of the tenant's vocabulary that may have been said where something else was heard. Nothing applies it: a person corrects. */
export const TermCandidate = z
  .strictObject({
    segment: z.string().min(1).max(64).meta({ description: 'Id of the segment.' }),
    first: Count.meta({ description: 'Index into `words`, as a correction takes it.' }),
    last: Count.meta({ description: 'Index into `words`, included.' }),
    heard: z.string(),
    term: z.string(),
    score: z.number().min(0).max(1).meta({ description: 'How near the sounds are.' }),
    lookalike: z.boolean().meta({ description: 'Another drug is as near: listen, do not go by the score.' }),
  })
  .meta({ id: 'TermCandidate' });
export type TermCandidate = z.infer<typeof TermCandidate>;

/** What became of a model beside the recogniser; where it `failed`, the transcript is as it would be without it. */
const Addition = z.strictObject({ state: z.enum(['done', 'failed']), models: z.array(z.string()) });

/** What a recogniser heard. The form of `cordon transcribe --json` and of `response_format=cordon_json`. */
export const Transcription = z
  .strictObject({
    text: z.string(),
    spokenText: z.string(),
    words: z.array(Word),
    segments: z.array(Segment),
    engine: z.string(),
    model: z.string(),
    duration: Seconds,
    realTimeFactor: z.number().min(0).meta({ description: 'Processing time over duration.' }),
    diarization: Addition.exactOptional().meta({
      description: 'Telling speakers apart by their voices; absent where it was not tried.',
    }),
    punctuation: Addition.exactOptional().meta({
      description: 'Marks and capitals by a model; absent where it was not tried.',
    }),
    vocabularyVersion: Count.exactOptional().meta({ description: 'Version of the vocabulary that was used.' }),
    candidates: z
      .array(TermCandidate)
      .exactOptional()
      .meta({ description: 'Terms that may have been said; accept one by correcting its words.' }),
  })
  .meta({ id: 'Transcription' });
export type Transcription = z.infer<typeof Transcription>;

export const Recording = z
  .strictObject({
    id: Id,
    encounterId: Id,
    state: z.enum(['receiving', 'stored', 'rejected', 'quarantined', 'destroyed']),
    contentType: z.string(),
    bytes: Count,
    duration: Seconds.nullable(),
    sampleRate: Count.nullable(),
    channels: Count.nullable(),
    createdAt: Time,
    jobId: Id.nullable().meta({ description: 'The transcription job that the upload started.' }),
  })
  .meta({ id: 'Recording' });
export type Recording = z.infer<typeof Recording>;

/** A version of a transcript: 1 is the machine's, later ones hold human corrections. */
export const Transcript = z
  .strictObject({
    id: Id,
    encounterId: Id,
    recordingId: Id,
    version: z.number().int().min(1),
    origin: z.enum(['machine', 'human']),
    createdAt: Time,
    accuracy: Accuracy,
    speakers: z.array(z.strictObject({ channel: Channel, label: Label })),
    transcription: Transcription,
  })
  .meta({ id: 'Transcript' });
export type Transcript = z.infer<typeof Transcript>;

const TranscriptVersion = Transcript.omit({ transcription: true, speakers: true }).meta({ id: 'TranscriptVersion' });

/** Words `first` to `last` (indexes into `words`, both included) become `text`; an empty text removes them. Labels rename speakers. */
export const TranscriptCorrection = z
  .strictObject({
    words: z
      .array(z.strictObject({ first: Count, last: Count, text: z.string().max(MAX_SENTENCE_CHARS) }))
      .max(MAX_CHANGES)
      .exactOptional(),
    speakers: z
      .array(z.strictObject({ channel: Channel, label: Label }))
      .max(MAX_CHANNELS)
      .exactOptional(),
  })
  .refine((change) => (change.words?.length ?? 0) + (change.speakers?.length ?? 0) > 0, 'nothing to correct')
  .meta({ id: 'TranscriptCorrection' });
export type TranscriptCorrection = z.infer<typeof TranscriptCorrection>;

/** Containers that the upload takes; what has no decoder on this machine answers `decoder_missing`. */
export const AUDIO_TYPES = [
  'audio/wav',
  'audio/flac',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/webm',
  'application/octet-stream',
] as const;

const AUDIO_ERRORS = [
  'consent_missing',
  'consent_withdrawn',
  'audio_unreadable',
  'audio_unusable',
  'decoder_missing',
  'storage_full',
  'key_unavailable',
] as const;

const OPENING_ERRORS = ['content_destroyed', 'key_unavailable', 'sealed_object_invalid'] as const;

export const recordingRoutes = {
  uploadRecording: {
    method: 'POST',
    path: '/api/encounters/{id}/recordings',
    summary: 'Upload a recording; bytes are sealed as they arrive',
    tag: 'recordings',
    audience: 'both',
    permission: 'recording.create',
    params: IdParams,
    query: z.strictObject({
      transcribe: z.enum(['true', 'false']).default('true'),
      speakers: z
        .string()
        .max(MAX_CHANNELS * MAX_LABEL_CHARS)
        .exactOptional()
        .meta({ description: 'Labels of the channels in order, comma-separated.', examples: ['clinician,patient'] }),
    }),
    headers: Idempotency,
    body: { kind: 'stream', contentTypes: AUDIO_TYPES },
    replies: [
      {
        status: 201,
        description: 'Stored and durable; transcription runs as the job in `jobId`.',
        content: [{ kind: 'json', schema: Recording }],
        headers: { Location: 'Address of the recording.' },
      },
    ],
    errors: [...AUDIO_ERRORS, 'conflict'],
    ledger: { kind: 'recording.received' },
  },
  listRecordings: {
    method: 'GET',
    path: '/api/encounters/{id}/recordings',
    summary: 'List the recordings of an encounter',
    tag: 'recordings',
    audience: 'both',
    permission: 'recording.read',
    params: IdParams,
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(Recording) }] }],
    errors: [],
    ledger: { none: 'Lists ids and audio metadata; listening to a recording is recorded.' },
  },
  getRecording: {
    method: 'GET',
    path: '/api/recordings/{id}',
    summary: 'Read a recording’s metadata',
    tag: 'recordings',
    audience: 'both',
    permission: 'recording.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The recording.', content: [{ kind: 'json', schema: Recording }] }],
    errors: [],
    ledger: { none: 'Audio metadata only; listening is recorded.' },
  },
  playRecording: {
    method: 'GET',
    path: '/api/recordings/{id}/audio',
    summary: 'Listen: the audio or a byte range of it',
    tag: 'recordings',
    audience: 'both',
    permission: 'recording.read',
    params: IdParams,
    headers: z.object({
      range: z
        .string()
        .regex(/^bytes=(\d{1,15}-\d{0,15}|-\d{1,15})$/)
        .exactOptional()
        .meta({ description: 'One byte range (RFC 9110 §14.1.2).' }),
    }),
    replies: [
      { status: 200, description: 'All of it.', content: [{ kind: 'stream', contentType: 'audio/*' }] },
      {
        status: 206,
        description: 'The range.',
        content: [{ kind: 'stream', contentType: 'audio/*' }],
        headers: { 'Content-Range': 'Which bytes these are.' },
      },
    ],
    errors: [...OPENING_ERRORS, 'consent_withdrawn', 'range_not_satisfiable'],
    ledger: { kind: 'access.read' },
  },
  transcribeRecording: {
    method: 'POST',
    path: '/api/recordings/{id}/transcripts',
    summary: 'Transcribe a stored recording',
    tag: 'recordings',
    audience: 'both',
    permission: 'transcription.create',
    params: IdParams,
    headers: Idempotency,
    body: {
      kind: 'json',
      schema: z.strictObject({ model: z.string().min(1).max(200).exactOptional() }),
    },
    replies: [{ status: 202, description: 'Accepted; follow the job.', content: [{ kind: 'json', schema: Job }] }],
    errors: ['consent_withdrawn', 'engine_not_ready', 'engine_missing', 'conflict'],
    ledger: { kind: 'call.intent' },
  },
} as const satisfies Record<string, Route>;

export const transcriptRoutes = {
  listTranscripts: {
    method: 'GET',
    path: '/api/encounters/{id}/transcripts',
    summary: 'List the transcripts of an encounter',
    tag: 'recordings',
    audience: 'both',
    permission: 'transcript.read',
    params: IdParams,
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(TranscriptVersion) }] }],
    errors: [],
    ledger: { none: 'Ids and metadata; reading a transcript is recorded.' },
  },
  getTranscript: {
    method: 'GET',
    path: '/api/transcripts/{id}',
    summary: 'Read a transcript, by default its newest version',
    tag: 'recordings',
    audience: 'both',
    permission: 'transcript.read',
    params: IdParams,
    query: z.strictObject({ version: z.coerce.number().int().min(1).exactOptional() }),
    replies: [
      {
        status: 200,
        description: 'The transcript.',
        content: [{ kind: 'json', schema: Transcript }],
        headers: { ETag: 'Version, for If-Match.' },
      },
    ],
    errors: [...OPENING_ERRORS],
    ledger: { kind: 'access.read' },
  },
  listTranscriptVersions: {
    method: 'GET',
    path: '/api/transcripts/{id}/versions',
    summary: 'List the versions of a transcript',
    tag: 'recordings',
    audience: 'both',
    permission: 'transcript.read',
    params: IdParams,
    query: PageQuery,
    replies: [
      {
        status: 200,
        description: 'Versions, oldest first.',
        content: [{ kind: 'json', schema: pageOf(TranscriptVersion) }],
      },
    ],
    errors: [],
    ledger: { none: 'Ids and metadata; reading a transcript is recorded.' },
  },
  correctTranscript: {
    method: 'POST',
    path: '/api/transcripts/{id}/corrections',
    summary: 'Correct words or speaker labels; makes a new version',
    tag: 'recordings',
    audience: 'person',
    permission: 'review.edit',
    params: IdParams,
    headers: IfMatch,
    body: { kind: 'json', schema: TranscriptCorrection },
    replies: [
      {
        status: 201,
        description: 'The new version.',
        content: [{ kind: 'json', schema: Transcript }],
        headers: { ETag: 'Version, for If-Match.' },
      },
    ],
    errors: [...OPENING_ERRORS],
    ledger: { kind: 'transcript.corrected' },
  },
} as const satisfies Record<string, Route>;
