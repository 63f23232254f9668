// Forms that break off: whoever was reading the file is told, and nothing keeps waiting.
import { expect, test } from 'vitest';
import type { Exchange } from '#api/routing/handler.ts';
import { readForm, type FilePart } from './multipart.ts';

const HEAD = [
  '--b',
  'content-disposition: form-data; name="file"; filename="visit.wav"',
  'content-type: audio/wav',
  '',
  'the first bytes',
].join('\r\n');

function exchange(body: AsyncIterable<Uint8Array>): Exchange {
  return {
    requestId: 'r',
    signal: new AbortController().signal,
    contentType: 'multipart/form-data; boundary=b',
    remoteAddress: '127.0.0.1',
    userAgent: null,
    unwanted: new AbortController().signal,
    canUpgrade: false,
    body,
  };
}

async function* brokenOff(text: string, how: 'error' | 'end'): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
  if (how === 'error') throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

/** Reads the part to its end; says how that ended. */
function reader(): { readonly onFile: (part: FilePart) => Promise<number>; readonly ended: () => string | null } {
  let ended: string | null = null;
  return {
    ended: () => ended,
    onFile: async ({ bytes }) => {
      let length = 0;
      try {
        for await (const chunk of bytes) length += chunk.length;
        ended = 'whole';
      } catch (error) {
        ended = 'broken';
        throw error;
      }
      return length;
    },
  };
}

test.each(['error', 'end'] as const)('I9 a caller who goes away (%s) leaves no reader behind', async (how) => {
  const { onFile, ended } = reader();
  await expect(readForm(exchange(brokenOff(HEAD, how)), 'file', onFile)).rejects.toMatchObject({
    code: 'invalid_request',
  });
  expect(ended()).toBe('broken');
});

test('I9 the file is refused and then the caller goes away: one refusal, nothing unhandled', async () => {
  const onFile = (): Promise<never> => Promise.reject(new TypeError('refused'));
  await expect(readForm(exchange(brokenOff(HEAD, 'error')), 'file', onFile)).rejects.toMatchObject({
    code: expect.stringMatching(/^(internal|invalid_request)$/),
  });
});

test('a whole form gives its file and its fields, in any order', async () => {
  const field = '--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nauto\r\n';
  for (const text of [`${field}${HEAD}\r\n--b--\r\n`, `${HEAD}\r\n${field}--b--\r\n`]) {
    const { onFile, ended } = reader();
    const form = await readForm(exchange(brokenOff(text, 'end')), 'file', onFile);
    expect(form).toMatchObject({ fields: { model: 'auto' }, file: 'the first bytes'.length });
    expect(ended()).toBe('whole');
  }
});
