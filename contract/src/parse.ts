// From an untrusted value to a parsed one, or to a problem that names the field and never the value.
import type { z } from 'zod';
import { ProblemError } from './problems.ts';
import type { ProblemCode } from './problems.ts';

/** Where in the request a value stood; the first word of `field`. */
export type Place = 'params' | 'query' | 'headers' | 'body';

const MAX_FIELD_CHARS = 200; // a path into our own schemas is short; what is longer was made up by the caller

/**
 * The parsed copy of `value`. Errors: `phi_in_header` when a reference looks like a person, else `invalid_request`,
 * both with `field` (a path such as `body.actions.0.text`) and `rule` (zod's issue code).
 */
export function parseOrRefuse<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refusal(parsed.error.issues, place);
}

function refusal(issues: readonly z.core.$ZodIssue[], place: Place): ProblemError {
  const telling = issues.find((issue) => problemOf(issue) !== null) ?? issues[0];
  const code = telling === undefined ? 'invalid_request' : (problemOf(telling) ?? 'invalid_request');
  return new ProblemError(code, {
    field: fieldOf(telling, place),
    rule: telling?.code ?? 'unknown',
    faults: issues.length,
  });
}

function problemOf(issue: z.core.$ZodIssue): ProblemCode | null {
  return issue.code === 'custom' && issue.params?.['problem'] === 'phi_in_header' ? 'phi_in_header' : null;
}

/** Member names in the path are ours, except those of unknown members, which zod keeps out of the path. */
function fieldOf(issue: z.core.$ZodIssue | undefined, place: Place): string {
  return [place, ...(issue?.path ?? []).map(String)].join('.').slice(0, MAX_FIELD_CHARS);
}
