// AWS Signature Version 4 recomputed from what arrived, by the description of the algorithm alone: neither the libraries' code nor the
// adapters' is used, so that both are held to it.
import { createHash, createHmac } from 'node:crypto';
import type { Seen } from './stand-in.ts';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const AWS_KEYS: AwsKeys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE==',
};

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Null: the signature is right. Else what is wrong. */
export function signatureFault(
  seen: Omit<Seen, 'body'>,
  payloadHash: string,
  keys: AwsKeys,
  service: string,
): string | null {
  const header = seen.headers['authorization'] ?? '';
  const [, id, date, region, scope, signed, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    ) ?? [];
  if (id !== keys.accessKeyId) return 'credential';
  if (scope !== service) return `service ${scope}`;
  if ((seen.headers['x-amz-security-token'] ?? undefined) !== keys.sessionToken) return 'session token';
  const at = seen.headers['x-amz-date'] ?? '';
  if (!at.startsWith(date ?? '?')) return 'date';
  // In HTTP/2 the host is called by its pseudo-header.
  const names = signed!.split(';').map((name) => (name === ':authority' ? 'host' : name));
  for (const needed of ['host', 'x-amz-date']) if (!names.includes(needed)) return `${needed} not signed`;
  const [path = '/', query = ''] = seen.url.split('?');
  const canonical = [
    seen.method,
    path
      .split('/')
      .map((part) => encodeOnceMore(part))
      .join('/'),
    query.split('&').filter(Boolean).toSorted().join('&'),
    ...signed!.split(';').map((name) => `${name}:${(seen.headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    payloadHash,
  ].join('\n');
  const toSign = [ALGORITHM, at, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(keys, date!, region!, service), toSign).toString('hex');
  return expected === signature ? null : 'signature';
}

/** Every service but S3 encodes the path as it was sent once again. */
function encodeOnceMore(part: string): string {
  return encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function signingKey(keys: AwsKeys, date: string, region: string, service: string): Buffer {
  return [date, region, service, 'aws4_request'].reduce(
    (key: Buffer | string, part) => hmac(key, part),
    `AWS4${keys.secretAccessKey}`,
  ) as Buffer;
}

export function hmac(key: Buffer | string, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
