// Reading OpenAI's chat form member by member (docs/formats/adapters.md). Whatever is not read is refused with its path, so that
// nothing a caller asked for is dropped unseen. Paths name fields, never what stands in them.
import { ProblemError } from '@cordon/contract';

export type Form = Readonly<Record<string, unknown>>;

/** The field is of OpenAI's form, but the service's protocol has no place for it. */
export function unsupported(field: string): ProblemError {
  return new ProblemError('field_unsupported', { field });
}

export function malformed(field: string): ProblemError {
  return new ProblemError('invalid_request', { field });
}

export function formAt(value: unknown, path: string): Form {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(path);
  return value as Form;
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(path);
  return value;
}

export function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw malformed(path);
  return value;
}

/** Undefined where the field is absent or null, which mean the same in OpenAI's form. */
export function numberAt(form: Form, key: string): number | undefined {
  const value = form[key] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(key);
  return value;
}

export function flagAt(form: Form, key: string, path = key): boolean | undefined {
  const value = form[key] ?? undefined;
  if (value !== undefined && typeof value !== 'boolean') throw malformed(path);
  return value;
}

/** Refuses every member that is not named. A member that is null asks for nothing. */
export function onlyMembers(form: Form, known: ReadonlySet<string>, prefix: string): void {
  for (const [key, value] of Object.entries(form)) {
    if (value !== null && !known.has(key)) throw unsupported(`${prefix}${pathWord(key)}`);
  }
}

/** A member's name as it may be shown: somebody could write content into a key. */
function pathWord(key: string): string {
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(key) ? key : '?';
}
