// One key of the key store as a file: a line of JSON around a key wrap (docs/formats/key-store.md §3).
import { ProblemError } from '@cordon/contract';
import type { WrapLevel, WrapPlace } from './wrap.ts';

const FORMAT = 'cordon-key/1';

export interface KeyFile {
  readonly place: WrapPlace & { readonly of: string };
  /** RFC 3339, UTC. Informs; nothing is decided by it but how long a replaced key is kept. */
  readonly created: string;
  readonly wrapped: Uint8Array;
}

/** Levels that stand in files; data keys stand in PostgreSQL. */
const LEVELS: readonly WrapLevel[] = ['erasure', 'tenant', 'lookup', 'installation', 'signing'];

export function printKeyFile(file: KeyFile): string {
  const { by, level, of, tenant } = file.place;
  const wrapped = Buffer.from(file.wrapped).toString('base64');
  return `${JSON.stringify({ format: FORMAT, level, of, tenant, by, created: file.created, wrapped })}\n`;
}

/** Errors: `key_unavailable` when the text is not a key file. */
export function parseKeyFile(text: string): KeyFile {
  const value = parsed(text);
  const level = LEVELS.find((known) => known === value['level']);
  if (value['format'] !== FORMAT || level === undefined) throw invalid();
  const member = (name: string): string => {
    const found = value[name];
    if (typeof found !== 'string') throw invalid();
    return found;
  };
  return {
    place: { level, of: member('of'), tenant: member('tenant'), by: member('by') },
    created: member('created'),
    wrapped: Buffer.from(member('wrapped'), 'base64'),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Falls through: not JSON is as invalid as not an object.
  }
  throw invalid();
}

function invalid(): ProblemError {
  return new ProblemError('key_unavailable', { reason: 'key_file_invalid' });
}
