// Fetching a published file over HTTPS, resumable, following redirects. For models and the like: never for calls that carry content.
import { request } from 'node:https';
import type { Agent } from 'node:https';
import type { IncomingMessage } from 'node:http';

/** Redirects followed: a release address leads over one or two to its storage. */
const MAX_REDIRECTS = 5;

/** Milliseconds without a byte after which a connection is given up. */
const IDLE_MS = 20_000;

/** What came: bytes of the file from `offset` on. A server that cannot resume answers from 0. */
export interface Downloaded {
  readonly offset: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * `url` must be https, and so must every redirect. Rejects with an Error that names no content: refused, timed out, wrong status.
 * `agent`: by default Node's own, which trusts what NODE_EXTRA_CA_CERTS adds.
 */
export async function download(url: string, offset: number, signal: AbortSignal, agent?: Agent): Promise<Downloaded> {
  let address = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    if (address.protocol !== 'https:') throw new Error('not https');
    const answer = await get(address, offset, signal, agent);
    const status = answer.statusCode ?? 0;
    if (status === 206 && startsAt(answer) === offset) return { offset, body: answer };
    if (status === 200) return { offset: 0, body: answer };
    answer.destroy();
    const next = answer.headers.location;
    if (status < 300 || status >= 400 || next === undefined) throw new Error(`answered ${String(status)}`);
    address = new URL(next, address);
  }
  throw new Error('too many redirects');
}

function get(address: URL, offset: number, signal: AbortSignal, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const range = offset > 0 ? { range: `bytes=${String(offset)}-` } : {};
    const headers = { 'user-agent': 'cordon', 'accept-encoding': 'identity', ...range };
    const trusting = agent === undefined ? {} : { agent };
    const outgoing = request(address, { headers, signal, timeout: IDLE_MS, ...trusting }, resolve);
    outgoing.once('timeout', () => outgoing.destroy(new Error('timed out')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

/** `Content-Range: bytes 100-199/200` (RFC 9110 §14.4). */
function startsAt(answer: IncomingMessage): number | null {
  const match = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '');
  return match?.[1] === undefined ? null : Number(match[1]);
}
