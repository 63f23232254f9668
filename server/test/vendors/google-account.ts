// Google's token endpoint as a stand-in: assertions of a service account checked by signature, issuer, audience, scope and time.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import type { Reply } from './faults.ts';
import { json, type Seen } from './stand-in.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export const GOOGLE_TOKEN = 'ya29.stand-in-token';
const EMAIL = 'cordon@clinic.iam.gserviceaccount.com';
const KEY_ID = '1f2e3d';
const GOOGLE = 'https://oauth2.googleapis.com/token';

/** A key as the console downloads it; `tokenUri`: where it is exchanged. */
export function serviceAccount(tokenUri: string): Record<string, string> {
  return {
    type: 'service_account',
    project_id: 'clinic',
    private_key_id: KEY_ID,
    private_key: privateKey,
    client_email: EMAIL,
    token_uri: tokenUri,
  };
}

export function userAccount(tokenUri: string): Record<string, string> {
  return {
    type: 'authorized_user',
    client_id: 'client',
    client_secret: 'secret',
    refresh_token: '1//refresh',
    token_uri: tokenUri,
  };
}

export function exchange({ headers, body }: Seen): Reply {
  const form = new URLSearchParams(body.toString());
  if (form.get('grant_type') === 'refresh_token') {
    const fits = form.get('refresh_token') === '1//refresh' && form.get('client_secret') === 'secret';
    return fits ? granted() : refused('invalid_grant');
  }
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return refused('unsupported_grant_type');
  const fault = assertionFault(form.get('assertion') ?? '', `http://${headers['host']}/token`);
  return fault === null ? granted() : refused(fault);
}

function granted(): Reply {
  return json({ access_token: GOOGLE_TOKEN, expires_in: 3599, token_type: 'Bearer' });
}

function refused(error: string): Reply {
  return json({ error, error_description: 'CANARY-ECHO' }, 400);
}

function assertionFault(assertion: string, own: string): string | null {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url')))
    return 'invalid_signature';
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { alg } = read(head);
  const { iss, aud, scope, iat, exp } = read(claims);
  const now = Date.now() / 1000;
  if (alg !== 'RS256' || iss !== EMAIL) return 'invalid_grant';
  if (aud !== own && aud !== GOOGLE) return 'invalid_audience';
  if (scope !== 'https://www.googleapis.com/auth/cloud-platform') return 'invalid_scope';
  if (Math.abs(Number(iat) - now) > 300 || Number(exp) < now || Number(exp) - Number(iat) > 3600) return 'invalid_time';
  return null;
}
