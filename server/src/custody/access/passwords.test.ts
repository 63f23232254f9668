import { argon2Sync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { passwordsWith } from './passwords.ts';

const pepper = randomBytes(32);
const passwords = passwordsWith(pepper);

test('node:crypto computes argon2id as RFC 9106 §5.3 says', () => {
  const tag = argon2Sync('argon2id', {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    parallelism: 4,
    tagLength: 32,
    memory: 32,
    passes: 3,
  });
  expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
});

describe('hashing', () => {
  test('holds for the password and no other, in any composition of its characters', async () => {
    const hash = await passwords.hash('Grüße aus dem Wartezimmer', []);
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^=]{22}\$[^=]{43}$/);
    expect(await passwords.verify('Grüße aus dem Wartezimmer', hash)).toBe(true);
    expect(await passwords.verify('Grüße aus dem Wartezimmer'.normalize('NFD'), hash)).toBe(true);
    expect(await passwords.verify('grüße aus dem wartezimmer', hash)).toBe(false);
    expect(await passwords.verify('', hash)).toBe(false);
  });

  test('is nothing without the pepper', async () => {
    const hash = await passwords.hash('Grüße aus dem Wartezimmer', []);
    expect(await passwordsWith(randomBytes(32)).verify('Grüße aus dem Wartezimmer', hash)).toBe(false);
  });

  test.each([null, '', 'plain', '$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA', `$argon2i$${'x'.repeat(20)}`])(
    'a stored %j matches nothing',
    async (stored) => {
      expect(await passwords.verify('whatever it may be', stored)).toBe(false);
    },
  );

  test('takes as long for nobody as for somebody', async () => {
    const hash = await passwords.hash('Grüße aus dem Wartezimmer', []);
    const time = async (stored: string | null): Promise<number> => {
      const runs: number[] = [];
      for (let i = 0; i < 7; i += 1) {
        const from = performance.now();
        await passwords.verify('wrong password here', stored);
        runs.push(performance.now() - from);
      }
      return Math.min(...runs);
    };
    const [nobody, somebody] = [await time(null), await time(hash)];
    expect(nobody).toBeGreaterThan(somebody / 3);
    expect(nobody).toBeLessThan(somebody * 3);
  });

  test('a flood is told to come back instead of eating the machine', { timeout: 30_000 }, async () => {
    const flood = Array.from({ length: 80 }, () => passwords.verify('x', null));
    const results = await Promise.allSettled(flood);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBe(80 - 34);
    expect(refused[0]).toMatchObject({ reason: { code: 'rate_limited' } });
    expect(await passwords.verify('x', null)).toBe(false);
  });
});

test.each([
  ['Password-1234', 'common'],
  ['qwertyuiop1234', 'common'],
  ['aaaaaaaaaaaabb', 'repeating'],
  ['1212121212121212', 'repeating'],
  ['Lindqvist-2026!', 'context'],
])('%s is refused: %s', async (password, reason) => {
  await expect(passwords.hash(password, ['Eva', 'Lindqvist'])).rejects.toMatchObject({
    code: 'password_unsuitable',
    details: { reason },
  });
});
