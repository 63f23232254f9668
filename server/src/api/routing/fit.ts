// Answers are held to the document as requests are (spec surfaces §2): what the row of a route does not promise does not leave.
// Cost: about as much again as writing the JSON. A transcript of an hour (10,000 words, 1.1 MB) parses in 20–30 ms beside
// 15–20 ms of JSON.stringify; entries, notes and lists stay below 1 ms. So it is always on, not in tests alone.
import { ProblemError, type Content, type Reply } from '@cordon/contract';
import { z } from 'zod';

/** Characters of a path that the log keeps; the schemas' own paths are far shorter. */
const MAX_PATH_CHARS = 64;

/** In the log as the cause of an `internal`: `code` is where the answer did not fit, never what stood there. */
class UnfitAnswer extends Error {
  readonly code: string;

  constructor(issue: z.core.$ZodIssue | undefined) {
    super('an answer did not fit the route table');
    this.name = 'UnfitAnswer';
    this.code = [...(issue?.path ?? []).map(String), issue?.code ?? 'unknown'].join('.').slice(0, MAX_PATH_CHARS);
  }
}

/** Errors: `internal` when the reply promises no such JSON. */
export function mustFit(reply: Reply, json: unknown): void {
  checkAgainst(reply, 'json', json);
}

/** The same for the data of one server-sent event. */
export function mustFitEvent(reply: Reply, data: unknown): void {
  checkAgainst(reply, 'events', data);
}

function checkAgainst(reply: Reply, kind: 'json' | 'events', value: unknown): void {
  const schema = reply.content.map((content) => schemaOf(content, kind)).find((found) => found !== null);
  const parsed = (schema ?? z.never()).safeParse(value);
  if (!parsed.success) throw new ProblemError('internal', {}, new UnfitAnswer(parsed.error.issues[0]));
}

function schemaOf(content: Content, kind: 'json' | 'events'): z.ZodType | null {
  return content.kind === kind && (content.kind === 'json' || content.kind === 'events') ? content.schema : null;
}
