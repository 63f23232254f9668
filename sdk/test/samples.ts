// Documents as the server sends them, parsed by the contract so that they cannot drift from it.
import { Draft, Encounter, Job, Recording } from '@cordon/contract';
import { id } from './server.ts';

const AT = '2026-11-22T09:00:00.000Z';

export const encounter = Encounter.parse({
  id: id(1),
  patient: 'mrn-0042-7731',
  reference: null,
  purpose: 'ambient-documentation',
  state: 'open',
  consent: 'missing',
  demo: false,
  clinicianId: null,
  startedAt: null,
  endedAt: null,
  createdAt: AT,
});

export const recording = Recording.parse({
  id: id(2),
  encounterId: id(1),
  state: 'stored',
  contentType: 'audio/wav',
  bytes: 9,
  duration: 1.5,
  sampleRate: 16_000,
  channels: 2,
  createdAt: AT,
  jobId: id(3),
});

export const job = (state: Job['state'], progress: number): Job =>
  Job.parse({
    id: id(3),
    kind: 'transcribe',
    state,
    progress,
    stage: state === 'running' ? 'recognising' : null,
    createdAt: AT,
    updatedAt: AT,
    result: state === 'done' ? { type: 'transcript', id: id(4) } : null,
    problem: state === 'failed' ? 'engine_failed' : null,
  });

export const draft = Draft.parse({
  id: id(5),
  encounterId: id(1),
  transcriptId: id(4),
  transcriptVersion: 1,
  template: 'soap',
  drafter: 'extractive/1',
  demo: false,
  createdAt: AT,
  sections: [
    {
      id: 'plan',
      title: 'Plan',
      sentences: [
        {
          id: 's1',
          text: 'Rest.',
          source: 'transcript',
          verdict: 'supported',
          reasons: [],
          citations: [{ start: 1.25, end: 2, quote: 'Rest.', words: [0, 1], channel: 0 }],
        },
      ],
    },
  ],
  omissions: [],
});
