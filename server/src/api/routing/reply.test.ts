// Answers on their way out: HEAD costs nobody a stream.
import { routeRows } from '@cordon/contract';
import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import type { Answer } from './handler.ts';
import { fitting, send } from './reply.ts';

function routeOf(id: string) {
  const found = routeRows().find((row) => row.id === id);
  if (found === undefined) throw new Error(`no route ${id}`);
  return found.route;
}

test.each([
  ['playRecording', 'audio/wav'],
  ['followJob', 'text/event-stream'],
])('HEAD of %s has the headers and starts nothing', async (id, contentType) => {
  const route = routeOf(id);
  let started = 0;
  async function* content(): AsyncIterable<Uint8Array> {
    started += 1;
    yield Buffer.from('sound');
  }
  const answer: Answer<unknown> =
    id === 'followJob' ? { events: content() } : { stream: content(), contentType, headers: { 'content-length': '5' } };
  const app = fastify({ exposeHeadRoutes: true });
  app.get('/it', (_request, reply) => send(fitting(route, answer), answer, reply));
  const response = await app.inject({ method: 'HEAD', url: '/it' });
  await app.close();
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toContain(contentType);
  if (id === 'playRecording') expect(response.headers['content-length']).toBe('5');
  expect(response.body).toBe('');
  expect(started).toBe(0);
});
