// Amazon Transcribe's streaming APIs as a stand-in: HTTP/2 (with TLS, or known beforehand without), the signature of the beginning and of
// every frame recomputed, results while the sound comes in and final ones at its end.
import { createServer, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { createAuthority } from './certificates.ts';
import { event, exception, readFrame } from './event-frames.ts';
import { type Fault, play, type Reply } from './faults.ts';
import { AWS_KEYS, hmac, sha256, signatureFault, signingKey } from './sigv4.ts';
import type { SpokenWord } from './spoken.ts';
import type { Seen, StandIn } from './stand-in.ts';

export interface TranscribeHouse extends StandIn {
  /** The authority that signed for `localhost`. */
  readonly ca: string;
  /** Without TLS, for a client that knows that the server speaks HTTP/2. */
  readonly plainUrl: string;
  /** The next stream ends with this exception. */
  breakWith(type: string): void;
}

const PATHS: ReadonlySet<string> = new Set(['/stream-transcription', '/medical-stream-transcription']);

export async function transcribeHouse(words: () => readonly SpokenWord[]): Promise<TranscribeHouse> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let fault: Fault | null = null;
  let broken: string | null = null;
  const handle = async (request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> => {
    const asked = beginningOf(request);
    if (fault !== null) {
      seen.push({ ...asked, body: Buffer.alloc(0) });
      request.resume();
      if (fault === 'reset') response.stream.close(2);
      else await play(fault, answerOf(asked, words()), response as never);
      return;
    }
    const wrong = signatureFault(asked, 'STREAMING-AWS4-HMAC-SHA256-EVENTS', AWS_KEYS, 'transcribe');
    if (wrong !== null || !PATHS.has(asked.url)) {
      response.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'BadRequestException' });
      response.end(JSON.stringify({ Message: `${wrong}: CANARY-ECHO` }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    response.write(event('TranscriptEvent', partial()));
    const { sound, flaw } = await listen(request, asked);
    seen.push({ ...asked, body: sound });
    const end = broken ?? (flaw === null ? null : 'BadRequestException');
    if (end === null) for (const chunk of answerOf(asked, words()).chunks) response.write(chunk);
    else response.write(exception(end, { Message: `${flaw}: CANARY-ECHO` }));
    broken = null;
    response.end();
  };
  const serve = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    handle(request, response).catch(() => response.stream.close(2));
  };
  const authority = createAuthority();
  const pair = authority.issue('localhost');
  const servers = [createSecureServer({ ...pair, minVersion: 'TLSv1.2' }, serve), createServer(serve)];
  for (const server of servers) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('sessionError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const [secure, plain] = servers.map((server) => (server.address() as AddressInfo).port);
  return {
    url: `https://localhost:${secure}`,
    plainUrl: `http://127.0.0.1:${plain}`,
    ca: authority.ca,
    seen,
    last: () => ({}),
    fail: (next) => (fault = next),
    hungUp: () => 0,
    breakWith: (type) => (broken = type),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
      authority.close();
    },
  };
}

function beginningOf(request: Http2ServerRequest): Omit<Seen, 'body'> {
  const headers = request.headers as Record<string, string>;
  return { method: request.method, url: request.url, headers: { ...headers, host: headers[':authority'] ?? '' } };
}

/** Reads signed frames to the empty one that ends them; each carries one event with sound. */
async function listen(
  request: Http2ServerRequest,
  { headers }: Omit<Seen, 'body'>,
): Promise<{ sound: Buffer; flaw: string | null }> {
  const sound: Buffer[] = [];
  const [, date = '', region = ''] = /Credential=[^/]+\/(\d{8})\/([^/]+)\//.exec(headers['authorization'] ?? '') ?? [];
  let prior = /Signature=([0-9a-f]{64})/.exec(headers['authorization'] ?? '')?.[1] ?? '';
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of request) {
    held = Buffer.concat([held, chunk as Buffer]);
    for (let next = readFrame(held); next !== null; next = readFrame(held)) {
      held = held.subarray(next.end);
      const at = next.headers[':date'] as Date;
      const stamp = `${at.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
      const text = [
        'AWS4-HMAC-SHA256-PAYLOAD',
        stamp,
        `${date}/${region}/transcribe/aws4_request`,
        prior,
        sha256(dateHeader(at)),
        sha256(next.payload),
      ].join('\n');
      const expected = hmac(signingKey(AWS_KEYS, date, region, 'transcribe'), text).toString('hex');
      prior = (next.headers[':chunk-signature'] as Buffer).toString('hex');
      if (prior !== expected) return { sound: Buffer.concat(sound), flaw: 'frame signature' };
      if (next.payload.length === 0) return { sound: Buffer.concat(sound), flaw: null };
      const inner = readFrame(next.payload);
      if (inner?.headers[':event-type'] !== 'AudioEvent') return { sound: Buffer.concat(sound), flaw: 'event type' };
      if (inner.payload.length > 32_768) return { sound: Buffer.concat(sound), flaw: 'stream too big' };
      sound.push(inner.payload);
    }
  }
  return { sound: Buffer.concat(sound), flaw: 'no end' };
}

/** The bytes of the header `:date`, of type timestamp. */
function dateHeader(at: Date): Buffer {
  const value = Buffer.alloc(8);
  value.writeBigInt64BE(BigInt(at.getTime()));
  return Buffer.concat([Buffer.of(5), Buffer.from(':date'), Buffer.of(8), value]);
}

function partial(): object {
  const items = [{ Content: 'Gut', StartTime: 0.1, EndTime: 0.2, Type: 'pronunciation' }];
  return {
    Transcript: {
      Results: [
        {
          ResultId: 'r0',
          IsPartial: true,
          StartTime: 0.1,
          EndTime: 0.2,
          Alternatives: [{ Transcript: 'Gut', Items: items }],
        },
      ],
    },
  };
}

function answerOf({ headers }: Omit<Seen, 'body'>, words: readonly SpokenWord[]): Reply {
  const apart = headers['x-amzn-transcribe-enable-channel-identification'] === 'true';
  const labelled = headers['x-amzn-transcribe-show-speaker-label'] === 'true';
  const groups = apart ? [0, 1].map((channel) => words.filter((word) => word.channel === channel)) : [words];
  const events = groups.map((group, channel) =>
    event('TranscriptEvent', {
      Transcript: {
        Results: [
          {
            ResultId: `r${channel}`,
            IsPartial: false,
            StartTime: 0,
            EndTime: 3,
            ...(apart ? { ChannelId: `ch_${channel}` } : {}),
            Alternatives: [
              {
                Transcript: group.map(({ text }) => text).join(' '),
                Items: group.flatMap((word) => items(word, labelled)),
              },
            ],
          },
        ],
      },
    }),
  );
  return { status: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' }, chunks: events };
}

function items({ text, start, end, confidence, speaker }: SpokenWord, labelled: boolean): object[] {
  const [, spoken = text, mark = ''] = /^(.*?)([.,]?)$/.exec(text) ?? [];
  const who = labelled ? { Speaker: String(speaker) } : {};
  return [
    { Content: spoken, StartTime: start, EndTime: end, Type: 'pronunciation', Confidence: confidence, ...who },
    ...(mark === '' ? [] : [{ Content: mark, StartTime: end, EndTime: end, Type: 'punctuation', ...who }]),
  ];
}
