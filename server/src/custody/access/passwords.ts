// Passwords: argon2id of node:crypto (docs/decisions/0023), NIST SP 800-63B-4 rules.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import { commonPasswords } from './common-passwords.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Hashes at one time: each takes 19 MiB and a thread, and a flood of sign-ins must not starve the rest. */
const MOST_AT_ONCE = 2;
/** Waiting sign-ins beyond this are told to come back: the last of them waits about a second. */
const MOST_WAITING = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

export interface Passwords {
  /** PHC string. Errors: `password_unsuitable`. */
  hash(password: string, context: readonly string[]): Promise<string>;
  /** False for null too, in the same time: whether a person exists cannot be measured. */
  verify(password: string, stored: string | null): Promise<boolean>;
}

interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export function passwordsWith(pepper: Uint8Array): Passwords {
  const gate = gateOf(MOST_AT_ONCE, MOST_WAITING);
  const run = (password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> =>
    gate(() => argon2id(password, salt, cost, pepper));
  return {
    hash: async (password, context) => {
      refuseUnsuitable(password, context);
      const salt = randomBytes(SALT_BYTES);
      const hash = await run(password, salt, COST);
      return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(hash)}`;
    },
    verify: async (password, stored) => {
      const parts = PHC.exec(stored ?? '');
      const salt = parts?.[4] === undefined ? NOBODY : Buffer.from(parts[4], 'base64');
      const cost =
        parts === null ? COST : { memory: Number(parts[1]), passes: Number(parts[2]), parallelism: Number(parts[3]) };
      const expected = parts?.[5] === undefined ? NOBODY : Buffer.from(parts[5], 'base64');
      const actual = await run(password, salt, cost);
      return actual.length === expected.length && timingSafeEqual(actual, expected) && parts !== null;
    },
  };
}

const NOBODY = Buffer.alloc(HASH_BYTES);

/** NIST SP 800-63B-4 §3.1.1.2: length (checked on the wire), no common password, none made of the context. No composition rules. */
function refuseUnsuitable(password: string, context: readonly string[]): void {
  const plain = password.normalize('NFKC').toLowerCase();
  const letters = plain.replaceAll(/[^\p{L}\p{N}]/gu, '');
  const reason = commonPasswords.has(letters)
    ? 'common'
    : new Set(plain).size < FEWEST_DIFFERENT
      ? 'repeating'
      : context.some((word) => word.length >= SHORTEST_CONTEXT && plain.includes(word.toLowerCase()))
        ? 'context'
        : null;
  if (reason !== null) throw new ProblemError('password_unsuitable', { reason });
}

const FEWEST_DIFFERENT = 5;
const SHORTEST_CONTEXT = 4;

function argon2id(password: string, salt: Uint8Array, cost: Cost, pepper: Uint8Array): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'), 'utf8');
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message, nonce: salt, tagLength: HASH_BYTES, secret: pepper, ...cost }, (error, hash) => {
      message.fill(0);
      if (error) reject(error);
      else resolve(hash);
    });
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** Runs at most `most` at one time, in the order of arrival. Errors: `rate_limited` when too many wait. */
function gateOf(most: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) {
      if (queue.length >= waiting) throw new ProblemError('rate_limited', { retryAfter: 1 });
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
