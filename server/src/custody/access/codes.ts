// The second factor: time-based codes (RFC 6238, by `otpauth`) and recovery codes for the day the authenticator is lost.
import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Digests } from './context.ts';

/** SHA-1, 6 digits, 30 s: what every authenticator app does (RFC 6238 §1.2 defaults). */
const PERIOD_S = 30;
const DIGITS = 6;
/** RFC 4226 §4: 160 bits. */
const SECRET_BYTES = 20;
/** One step before and after, for clocks that differ (RFC 6238 §5.2). */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** 16 of 32 characters: 80 bits. */
const RECOVERY_GROUPS = 4;
const GROUP_CHARS = 4;
/** Crockford's alphabet without its look-alikes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

export interface Enrolment {
  /** Base32, to be typed into the authenticator. */
  readonly secret: string;
  /** `otpauth://totp/…` for a QR code. */
  readonly uri: string;
}

export function newTotpSecret(): string {
  return new Secret({ size: SECRET_BYTES }).base32;
}

/** `label`: what the authenticator shows beside the issuer. */
export function enrolmentOf(secret: string, label: string): Enrolment {
  return { secret, uri: totpOf(secret, label).toString() };
}

/** The time step whose code this is; null when it is none of the three around now. */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const delta = totpOf(secret, '').validate({ token: code, timestamp: nowMs, window: WINDOW });
  return delta === null ? null : Math.floor(nowMs / 1000 / PERIOD_S) + delta;
}

export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    Array.from({ length: RECOVERY_GROUPS }, () =>
      Array.from({ length: GROUP_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
    ).join('-'),
  );
}

export function isRecoveryCode(code: string): boolean {
  return code.includes('-');
}

/** Bound to the person: one person's code is nothing for another. */
export function recoveryDigest(digests: Digests, person: string, code: string): Buffer {
  return digests.of('recovery', `${person} ${code.toLowerCase().replaceAll('-', '')}`);
}

function totpOf(secret: string, label: string): TOTP {
  const options = { issuer: 'Cordon', algorithm: 'SHA1', digits: DIGITS, period: PERIOD_S } as const;
  return new TOTP({ ...options, label: label === '' ? 'Cordon' : label, secret: Secret.fromBase32(secret) });
}
