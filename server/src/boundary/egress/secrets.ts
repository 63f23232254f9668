// Secrets of services: files in one directory per tenant, apart from the registry, the database and the keys
// (docs/operate/secrets.md). A row names a credential; nothing but the door reads it, and it is in no message.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';

/** Milliseconds for which a secret that was read is believed: a new one is in use that soon. */
const BELIEVED_MS = 5_000;

/** Bytes: a service account's key with room. */
const MAX_SECRET_BYTES = 65_536;

/** Others on the machine may not read it, nor may anyone but the owner change it. */
const LOOSE_MODES = 0o027;

/** Same as the names that registry rows may give. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Files of one credential: the secret, an authority to trust instead of the public ones, a certificate of our own with its key, and hosts. */
type Part = '' | '.ca' | '.cert' | '.key' | '.hosts';

/** PEM. */
export interface TlsMaterial {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

interface Known {
  readonly at: number;
  readonly text: string | null;
}

export class Secrets {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();

  constructor(directory: string, tenant: TenantId, clock: Clock) {
    this.#directory = join(directory, tenant);
    this.#clock = clock;
  }

  /**
   * The secret without the line end after it. Null: the credential has TLS files and no secret. Errors: `credential_unusable`
   * {reason: name | missing | mode | unreadable | size}.
   */
  secret(credential: string): string | null {
    const text = this.#read(credential, '')?.replace(/\r?\n$/, '') ?? null;
    if (text === '') throw unusable('size');
    if (text === null && this.#read(credential, '.cert') === null && this.#read(credential, '.ca') === null) {
      throw unusable('missing');
    }
    return text;
  }

  tls(credential: string): TlsMaterial {
    const [ca, cert, key] = (['.ca', '.cert', '.key'] as const).map(
      (part) => this.#read(credential, part) ?? undefined,
    );
    if ((cert === undefined) !== (key === undefined)) throw unusable('missing');
    return { ca, cert, key };
  }

  /** Origins besides the service's own to which the adapter may take the secret, for a token: one `https://host[:port]` a line. */
  origins(credential: string): readonly string[] {
    const lines = (this.#read(credential, '.hosts') ?? '').split('\n').map((line) => line.trim());
    return lines.filter((line) => line !== '' && !line.startsWith('#'));
  }

  #read(credential: string, part: Part): string | null {
    const name = `${credential}${part}`;
    const known = this.#known.get(name);
    const now = this.#clock.monotonicMs();
    if (known !== undefined && now - known.at < BELIEVED_MS) return known.text;
    if (!NAME.test(credential)) throw unusable('name');
    const text = readSecret(join(this.#directory, name));
    this.#known.set(name, { at: now, text });
    return text;
  }
}

/** Null: there is no such file. Errors: `credential_unusable` {reason: mode | size | unreadable}. */
export function readSecret(path: string): string | null {
  try {
    const { mode, size } = statSync(path);
    if ((mode & LOOSE_MODES) !== 0) throw unusable('mode');
    if (size > MAX_SECRET_BYTES) throw unusable('size');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unusable('unreadable');
  }
}

function unusable(reason: string): ProblemError {
  return new ProblemError('credential_unusable', { reason });
}
