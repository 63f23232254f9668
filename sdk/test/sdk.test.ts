import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError, openaiError, problemDocument } from '@cordon/contract';
import { answerOf, CordonError, createCordonClient, followJob, jobEnd, uploadRecording } from '@cordon/sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draftOf } from '../examples/visit.ts';
import { draft, encounter, job, recording } from './samples.ts';
import { bodyOf, id, json, serve } from './server.ts';
import type { Handler, TestServer } from './server.ts';

async function serving(handle: Handler): Promise<TestServer> {
  const server = await serve(handle);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const events = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });
const told = (one: unknown): string => `event: job\ndata: ${JSON.stringify(one)}\n\n`;

async function refusalOf(act: Promise<unknown>): Promise<CordonError> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CordonError);
  return error as CordonError;
}

describe('a refusal', () => {
  it('is a CordonError with the code, remedy, request id and details of the problem', async () => {
    const { url } = await serving((_request, response) => {
      response.setHeader('retry-after', '7');
      const problem = problemDocument(new ProblemError('engine_not_ready', { state: 'acquiring' }), 'req-9');
      json(response, problem.status, problem, 'application/problem+json');
    });
    const cordon = createCordonClient({ url, credential: 'k' });
    expect(await refusalOf(answerOf(cordon.GET('/api/session')))).toMatchObject({
      code: 'engine_not_ready',
      status: 503,
      requestId: 'req-9',
      retryAfter: 7,
      details: { state: 'acquiring' },
    });
  });

  it('is the same in OpenAI’s envelope', async () => {
    const { url } = await serving((_request, response) => {
      json(response, 400, openaiError(new ProblemError('invalid_request', { field: 'body.model' }), 'req-9'));
    });
    const cordon = createCordonClient({ url, credential: 'k' });
    const error = await refusalOf(answerOf(cordon.GET('/v1/models')));
    expect(error).toMatchObject({ code: 'invalid_request', requestId: 'req-9', details: { field: 'body.model' } });
  });

  it('says so when something in between answered, or nothing did', async () => {
    const { url } = await serving((_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    });
    const cordon = createCordonClient({ url, credential: 'k' });
    expect(await refusalOf(answerOf(cordon.GET('/api/session')))).toMatchObject({ code: 'internal', status: 502 });
    const gone = createCordonClient({ url: 'http://127.0.0.1:1', credential: 'k' });
    expect(await refusalOf(answerOf(gone.GET('/api/session')))).toMatchObject({ code: 'server_unreachable' });
  });
});

describe('uploadRecording', () => {
  it('sends the bytes, the labels and the credential, and parses the answer', async () => {
    const seen: unknown[] = [];
    const { url } = await serving(async (request, response) => {
      seen.push(request.method, request.url, request.headers.authorization, request.headers['content-type']);
      seen.push(request.headers['idempotency-key'], (await bodyOf(request)).toString());
      json(response, 201, recording);
    });
    const upload = {
      encounterId: id(1),
      contentType: 'audio/wav',
      speakers: ['clinician', 'patient'],
      transcribe: false,
      idempotencyKey: 'once-1',
    };
    const bytes = new Blob(['RIFF', '.....']);
    expect(await uploadRecording({ url: `${url}/`, credential: 'k1' }, { ...upload, bytes })).toEqual(recording);
    expect(seen).toEqual([
      'POST',
      `/api/encounters/${id(1)}/recordings?speakers=clinician%2Cpatient&transcribe=false`,
      'Bearer k1',
      'audio/wav',
      'once-1',
      'RIFF.....',
    ]);
  });

  it('reads no further ahead than the server takes, whatever the length', async () => {
    const PIECE = Buffer.alloc(65_536, 7);
    const PIECES = 1_024; // 64 MiB
    let taken = 0;
    const { url } = await serving(async (request, response) => {
      for await (const piece of request) {
        taken += (piece as Buffer).length;
        if (taken % (8 * PIECE.length) < 1_024) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      json(response, 201, recording);
    });
    let ahead = 0;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      for (let made = 0; made < PIECES; made += 1) {
        ahead = Math.max(ahead, made * PIECE.length - taken);
        yield PIECE;
        await new Promise(setImmediate);
      }
    }
    let sent = 0;
    const onSent = (count: number): void => {
      sent = count;
    };
    await uploadRecording(
      { url, credential: 'k' },
      { encounterId: id(1), bytes: bytes(), contentType: 'audio/wav', onSent },
    );
    expect([taken, sent]).toEqual([PIECES * PIECE.length, PIECES * PIECE.length]);
    // What lies between is in socket buffers on both sides; the kernel's limit is a few MiB.
    expect(ahead).toBeLessThan(16 * 1_048_576);
  });

  it('stops reading when it is aborted', async () => {
    const { url } = await serving(async (request) => {
      for await (const _piece of request) {
        /* never answers */
      }
    });
    let returned = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          yield Buffer.alloc(1_024);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        returned = true;
      }
    }
    const signal = AbortSignal.timeout(50);
    const sending = uploadRecording(
      { url, credential: 'k' },
      { encounterId: id(1), bytes: endless(), contentType: 'audio/wav', signal },
    );
    await expect(sending).rejects.toMatchObject({ name: 'TimeoutError' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(returned).toBe(true);
  });

  it('gives the refusal as a CordonError', async () => {
    const { url } = await serving(async (request, response) => {
      await bodyOf(request);
      json(response, 403, problemDocument(new ProblemError('consent_missing'), 'req-2'), 'application/problem+json');
    });
    const sending = uploadRecording(
      { url, credential: 'k' },
      { encounterId: id(1), bytes: new Blob(['x']), contentType: 'audio/wav' },
    );
    expect(await refusalOf(sending)).toMatchObject({ code: 'consent_missing', status: 403 });
  });
});

describe('followJob', () => {
  it('yields each state and ends with the job', async () => {
    const { url } = await serving((_request, response) => {
      events(response).end(`: hello\n\n${told(job('running', 0.5))}${told(job('done', 1))}${told(job('running', 0))}`);
    });
    const seen: string[] = [];
    for await (const one of followJob({ url, credential: 'k' }, id(3))) seen.push(`${one.state} ${one.progress}`);
    expect(seen).toEqual(['running 0.5', 'done 1']);
  });

  it('opens a dropped connection again', async () => {
    let connections = 0;
    const { url } = await serving((_request, response) => {
      connections += 1;
      events(response).write(told(job('running', connections / 4)));
      if (connections < 3) setTimeout(() => response.destroy(), 5);
      else response.end(told(job('failed', 1)));
    });
    expect(await jobEnd({ url, credential: 'k' }, id(3))).toMatchObject({ state: 'failed', problem: 'engine_failed' });
    expect(connections).toBe(3);
  });

  it('waits out a server that restarts, and not a refusal', async () => {
    let requests = 0;
    const { url } = await serving((_request, response) => {
      requests += 1;
      if (requests === 1) json(response, 503, problemDocument(new ProblemError('shutting_down'), 'r'));
      else json(response, 404, problemDocument(new ProblemError('not_found'), 'r'));
    });
    expect(await refusalOf(jobEnd({ url, credential: 'k' }, id(3)))).toMatchObject({ code: 'not_found' });
    expect(requests).toBe(2);
  });

  it('ends when it is aborted while it waits', async () => {
    const { url } = await serving((_request, response) => {
      json(response, 503, problemDocument(new ProblemError('shutting_down'), 'r'));
    });
    const following = jobEnd({ url, credential: 'k' }, id(3), { signal: AbortSignal.timeout(60) });
    await expect(following).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('README', () => {
  it.each(['visit', 'receipt', 'live'])('shows examples/%s.ts word for word', async (name) => {
    const code = await readFile(new URL(`../examples/${name}.ts`, import.meta.url), 'utf8');
    expect(await readFile(new URL('../README.md', import.meta.url), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\``);
  });

  it('runs its first example', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cordon-sdk-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'visit.wav'), 'RIFF.....');
    const asked: string[] = [];
    const { url } = await serving(async (request, response) => {
      asked.push(`${request.method} ${request.url?.split('?')[0]} ${(await bodyOf(request)).toString()}`);
      const answers = [
        () => json(response, 201, encounter),
        () => json(response, 201, {}),
        () => json(response, 201, recording),
        () => events(response).end(told(job('done', 1))),
        () => json(response, 201, draft),
      ];
      answers[asked.length - 1]?.();
    });
    const shares: number[] = [];
    const sentences = await draftOf(url, 'k', join(folder, 'visit.wav'), (share) => shares.push(share));
    expect(sentences).toEqual(['Rest. (1.3 s)']);
    expect(shares).toEqual([1]);
    expect(asked).toEqual([
      'POST /api/encounters {"patient":"mrn-0042-7731"}',
      `POST /api/encounters/${id(1)}/consents {"manner":"verbal"}`,
      `POST /api/encounters/${id(1)}/recordings RIFF.....`,
      `GET /api/jobs/${id(3)}/events `,
      `POST /api/transcripts/${id(4)}/drafts {"template":"soap"}`,
    ]);
  });
});
