// AssemblyAI's asynchronous API as a stand-in: upload, order, look, delete.
import { randomUUID } from 'node:crypto';
import type { Reply } from './faults.ts';
import type { SpokenWord } from './spoken.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

export const ASSEMBLYAI_KEY = 'fedcba9876543210fedcba9876543210';

interface Order {
  readonly asked: Record<string, unknown>;
  looks: number;
  deleted: boolean;
}

export interface AssemblyHouse extends StandIn {
  /** Transcripts that are still there. */
  readonly kept: () => number;
}

export interface AssemblyOptions {
  readonly words: () => readonly SpokenWord[];
  /** Looks until it is done. */
  readonly looks?: number;
  readonly ends?: 'completed' | 'error';
  /** Deletions that are answered with 500 first. */
  readonly deletionsFail?: number;
}

export async function assemblyHouse(options: AssemblyOptions): Promise<AssemblyHouse> {
  const uploads = new Map<string, Buffer>();
  const orders = new Map<string, Order>();
  let deletionsFail = options.deletionsFail ?? 0;
  const answer = (seen: Seen): Reply => {
    if (seen.headers['authorization'] !== ASSEMBLYAI_KEY) return refusal(401);
    const [, id] = /^\/v2\/transcript\/([\w-]+)$/.exec(seen.url) ?? [];
    if (seen.method === 'POST' && seen.url === '/v2/upload') {
      const url = `https://cdn.assemblyai.com/upload/${randomUUID()}`;
      uploads.set(url, seen.body);
      return json({ upload_url: url });
    }
    if (seen.method === 'POST' && seen.url === '/v2/transcript') {
      const asked = JSON.parse(seen.body.toString()) as Record<string, unknown>;
      const sound = uploads.get(String(asked['audio_url']));
      if (sound?.subarray(0, 4).toString() !== 'RIFF') return refusal(400);
      const fresh = randomUUID();
      orders.set(fresh, { asked, looks: 0, deleted: false });
      return json({ id: fresh, status: 'queued', audio_url: asked['audio_url'] });
    }
    const order = id === undefined ? undefined : orders.get(id);
    if (order === undefined || order.deleted) return refusal(404);
    if (seen.method === 'DELETE') {
      deletionsFail -= 1;
      if (deletionsFail >= 0) return refusal(500);
      order.deleted = true;
      return json({ id, status: 'completed', text: 'Deleted by user.' });
    }
    order.looks += 1;
    if (order.looks < (options.looks ?? 2)) return json({ id, status: order.looks === 1 ? 'queued' : 'processing' });
    return options.ends === 'error'
      ? json({ id, status: 'error', error: 'CANARY-ECHO' })
      : json(transcript(id!, order.asked, options.words()));
  };
  const house = await standIn(answer);
  return { ...house, kept: () => [...orders.values()].filter(({ deleted }) => !deleted).length };
}

function refusal(status: number): Reply {
  return json({ error: 'CANARY-ECHO' }, status);
}

function transcript(id: string, asked: Record<string, unknown>, words: readonly SpokenWord[]): object {
  const apart = asked['multichannel'] === true;
  return {
    id,
    status: 'completed',
    audio_url: asked['audio_url'],
    audio_duration: 3.25,
    ...(apart ? { audio_channels: 2 } : {}),
    confidence: 0.9,
    language_code: asked['language_code'],
    speech_models: asked['speech_models'],
    speech_model_used: (asked['speech_models'] as string[] | undefined)?.[0] ?? 'best',
    text: words.map(({ text }) => text).join(' '),
    words: words.map(({ text, start, end, confidence, channel, speaker }) => ({
      text,
      start: Math.round(start * 1000),
      end: Math.round(end * 1000),
      confidence,
      speaker: asked['speaker_labels'] === true ? 'AB'[speaker] : null,
      ...(apart ? { channel: String(channel + 1) } : {}),
    })),
  };
}
