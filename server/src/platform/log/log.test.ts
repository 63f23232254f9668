// Nothing that could be content gets through, whatever a caller casts.
import { Writable } from 'node:stream';
import { ProblemError } from '@cordon/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Phi } from '#kernel/phi.ts';
import { describeError } from './errors.ts';
import { createLog } from './log.ts';
import type { Log, LogFields } from './log.ts';

function capture(): { log: Log; text: () => string } {
  const chunks: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  return { log: createLog('debug', sink), text: () => chunks.join('') };
}

test('a line has time, level, event and the given fields', () => {
  const { log, text } = capture();
  log.with({ tenant: 'a-b' }).info('job.done', { milliseconds: 3.5 });
  expect(JSON.parse(text())).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    event: 'job.done',
    tenant: 'a-b',
    milliseconds: 3.5,
  });
});

test('sentences, objects, PHI and sentence-like events are withheld', () => {
  const { log, text } = capture();
  const smuggled = {
    code: 'Jane Doe has a cough',
    object: Phi.of('Jane'),
    job: { name: 'Jane' },
    model: 'x'.repeat(500),
  };
  log.info('Jane has a cough', smuggled as unknown as LogFields);
  expect(text()).not.toContain('Jane');
  expect(text()).not.toContain('xxxx');
  expect(JSON.parse(text())).toMatchObject({ event: '[withheld]', code: '[withheld]', object: '[withheld]' });
});

test('errors show code and frames, never a message, also in their causes', () => {
  const { log, text } = capture();
  const cause = Object.assign(new Error('canary one'), { code: 'ENOSPC' });
  log.error('http.failed', {}, new ProblemError('storage_full', {}, cause));
  const { error } = JSON.parse(text()) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ name: 'ProblemError', code: 'storage_full', cause: { code: 'ENOSPC' } });
  expect(text()).toContain('log.test.ts');
  expect(text()).not.toContain('canary');
});

test('no message gets through, even one that looks like frames', () => {
  const message = fc.oneof(
    fc.string(),
    fc.string().map((text) => `x\n    at ${text} (file:///canary.ts:1:1)\n`),
  );
  fc.assert(
    fc.property(message, fc.boolean(), (text, changed) => {
      const marked = `canary${text}`;
      const error = new Error(changed ? 'before' : marked);
      if (changed) error.message = marked;
      expect(JSON.stringify(describeError(error))).not.toContain('canary');
    }),
    { numRuns: 500 },
  );
});

test('what is thrown and is no error is only called so', () => {
  expect(describeError('Jane Doe')).toEqual({ name: 'NotAnError', stack: [] });
});
