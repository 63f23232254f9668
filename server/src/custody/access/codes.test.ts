import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { enrolmentOf, isRecoveryCode, newRecoveryCodes, newTotpSecret, stepOf } from './codes.ts';

describe('time-based codes', () => {
  // RFC 6238 Appendix B, SHA-1, cut to six digits as authenticators do.
  const secret = Secret.fromLatin1('12345678901234567890').base32;
  test.each([
    [59, '287082', 1],
    [1111111109, '081804', 37037036],
    [1111111111, '050471', 37037037],
    [1234567890, '005924', 41152263],
    [2000000000, '279037', 66666666],
  ])('at %i s %s is step %i', (seconds, code, step) => {
    expect(stepOf(secret, code, seconds * 1000)).toBe(step);
  });

  test('one step before and after is accepted under its own step, two are not', () => {
    const at = 1111111109_000;
    expect(stepOf(secret, '081804', at + 30_000)).toBe(37037036);
    expect(stepOf(secret, '081804', at - 30_000)).toBe(37037036);
    expect(stepOf(secret, '081804', at + 60_000)).toBeNull();
    expect(stepOf(secret, '081804', at - 60_000)).toBeNull();
  });

  test.each(['', '81804', '0818040', 'abcdef', '081 804', '٠٨١٨٠٤'])('%j is no code', (code) => {
    expect(stepOf(secret, code, 1111111109_000)).toBeNull();
  });

  test('an enrolment names issuer and address', () => {
    const made = newTotpSecret();
    const { uri } = enrolmentOf(made, 'a.b@example.org');
    expect(Secret.fromBase32(made).bytes).toHaveLength(20);
    expect(uri).toContain('otpauth://totp/Cordon:a.b%40example.org?');
    expect(uri).toContain(`secret=${made}`);
  });
});

test('recovery codes: ten, different, of the form the wire accepts', () => {
  const codes = newRecoveryCodes();
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/);
  expect(codes.every(isRecoveryCode)).toBe(true);
  expect(isRecoveryCode('123456')).toBe(false);
});
