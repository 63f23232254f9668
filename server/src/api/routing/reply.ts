// From an answer to bytes on the wire. Nothing is sent before the answer's access entry is durable.
import { Readable } from 'node:stream';
import { openaiError, type Reply as ContractReply, type Route } from '@cordon/contract';
import type { FastifyReply } from 'fastify';
import { asProblem } from '#platform/http/problems.ts';
import { acceptUpgrade } from '#platform/http/upgrade.ts';
import { mustFit, mustFitEvent } from './fit.ts';
import type { Answer } from './handler.ts';

/** Milliseconds between comments that keep an idle event stream open through proxies (most cut at 60 s). */
const KEEP_ALIVE_MS = 15_000;

/** The reply of the row that the answer is; JSON must fit it. Errors: `internal`. */
export function fitting(route: Route, answer: Answer<unknown>): ContractReply {
  if ('bytes' in answer) return { ...promisedReply(route, undefined), status: answer.status ?? 200 };
  const promised = promisedReply(route, answer.status);
  if ('json' in answer) mustFit(promised, answer.json);
  return promised;
}

/** `promised`: what `fitting` found. */
export function send(promised: ContractReply, answer: Answer<unknown>, reply: FastifyReply): FastifyReply {
  if ('talk' in answer) return upgrade(answer, reply);
  void reply.code(promised.status).headers({ ...answer.headers });
  if ('nothing' in answer) return reply.send();
  if ('bytes' in answer) return reply.type(answer.contentType).send(answer.bytes);
  if ('text' in answer) return reply.type(answer.contentType).send(answer.text);
  // HEAD has headers alone: a recording is not deciphered, a job not followed, for nobody.
  const nobody = reply.request.method === 'HEAD';
  if ('stream' in answer)
    return reply.type(answer.contentType).send(nobody ? Readable.from([]) : readable(answer.stream));
  if ('events' in answer)
    return reply
      .type('text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(Readable.from(nobody ? [] : eventLines(promised, answer.events, reply.request.id)));
  return reply.type(jsonType(promised)).send(JSON.stringify(answer.json));
}

function readable(stream: AsyncIterable<Uint8Array>): Readable {
  return stream instanceof Readable ? stream : Readable.from(stream);
}

/** From here on the connection is the talk's. */
function upgrade({ talk, missed }: Extract<Answer<unknown>, { talk: unknown }>, reply: FastifyReply): FastifyReply {
  void reply.hijack();
  const wire = acceptUpgrade(reply.request);
  if (wire === null) missed();
  else void talk(wire);
  return reply;
}

function promisedReply(route: Route, status: number | undefined): ContractReply {
  const found = status === undefined ? route.replies[0] : route.replies.find((reply) => reply.status === status);
  if (found === undefined) throw new Error(`a route answered with a status that its row does not list`);
  return found;
}

function jsonType(reply: ContractReply): string {
  const json = reply.content.find((content) => content.kind === 'json');
  return json?.kind === 'json'
    ? (json.contentType ?? 'application/json; charset=utf-8')
    : 'application/json; charset=utf-8';
}

/** Server-sent events; a comment whenever nothing happened for a while. Whoever leaves ends the source at once, begun or not. */
function eventLines(promised: ContractReply, events: AsyncIterable<unknown>, requestId: string): AsyncIterable<string> {
  const source = events[Symbol.asyncIterator]();
  const lines = linesOf(promised, source, requestId);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => lines.next(),
      return: async () => {
        await source.return?.();
        return lines.return(undefined);
      },
    }),
  };
}

async function* linesOf(
  promised: ContractReply,
  source: AsyncIterator<unknown>,
  requestId: string,
): AsyncGenerator<string, undefined, undefined> {
  const unnamed = promised.content.some((content) => content.kind === 'events' && content.unnamed === true);
  try {
    let next = source.next();
    for (;;) {
      const won = await Promise.race([next, tick()]);
      if (won === 'tick') {
        yield ': still working\n\n';
        continue;
      }
      if (won.done === true) break;
      mustFitEvent(promised, won.value);
      yield `${unnamed ? '' : 'event: job\n'}data: ${JSON.stringify(won.value)}\n\n`;
      next = source.next();
    }
    if (unnamed) yield 'data: [DONE]\n\n';
  } catch (error) {
    if (!unnamed) throw error;
    yield `data: ${JSON.stringify(openaiError(asProblem(error), requestId))}\n\n`;
  } finally {
    await source.return?.();
  }
  return undefined;
}

/** For an answer that is not sent after all. */
export async function letGo(answer: Answer<unknown>): Promise<void> {
  if ('events' in answer) await answer.events[Symbol.asyncIterator]().return?.();
  if ('talk' in answer) answer.missed();
}

function tick(): Promise<'tick'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('tick'), KEEP_ALIVE_MS).unref();
  });
}
