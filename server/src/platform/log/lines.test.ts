import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { linesTo } from './lines.ts';

test('lines of one turn are written together, in order', async () => {
  const written: string[] = [];
  const lines = linesTo((text) => written.push(text));
  lines.write('one\n');
  lines.write('two\n');
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['one\ntwo\n']);
  lines.write('three\n');
  await turn();
  expect(written).toEqual(['one\ntwo\n', 'three\n']);
});

test('what waits is written when the process ends, once', async () => {
  const written: string[] = [];
  const lines = linesTo((text) => written.push(text));
  lines.write('last\n');
  lines.flush();
  await turn();
  expect(written).toEqual(['last\n']);
});
