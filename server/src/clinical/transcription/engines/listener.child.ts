// The listener child process: reads one recording, says what it is, cuts it into stretches of sound, ends. It decodes foreign bytes and
// runs a voice detector, holds plaintext sound in memory only, and never sees a recogniser.
import { createDecoder } from '#clinical/audio/decoder.ts';
import { findFfmpeg } from '#clinical/audio/ffmpeg.ts';
import { cuttersOf } from './cutter.ts';
import { Listening } from './listening.ts';
import type { CutConfig, ListenJob } from './messages.ts';
import { FRAME } from './frames.ts';
import type { Frame } from './frames.ts';
import { parseBody, runChild } from './outlet.ts';

await runChild(async (frames, outlet) => {
  const input = frames[Symbol.asyncIterator]();
  const config = parseBody(await next(input)) as CutConfig;
  const ffmpeg = await findFfmpeg();
  const cutters = cuttersOf(config);
  outlet.send({ type: 'ready', engine: 'listener' });
  const job = parseBody(await next(input)) as ListenJob;
  const reopen = (): AsyncIterable<Uint8Array> => {
    outlet.send({ type: 'again' });
    return recording(input);
  };
  const listening = new Listening(config, cutters, job, createDecoder({ ffmpeg, reopen }), outlet);
  for await (const piece of recording(input)) {
    await listening.push(piece);
    await outlet.drained();
  }
  outlet.send({ type: 'done', facts: await listening.end() });
});

/** The bytes of the recording, from its beginning to its end. */
async function* recording(input: AsyncIterator<Frame>): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const { type, body } = await next(input);
    if (type === FRAME.end) return;
    yield body;
  }
}

/** The input ends before the work does when the server is gone, and then there is nobody left to work for. */
async function next(input: AsyncIterator<Frame>): Promise<Frame> {
  const { value, done } = (await input.next()) as IteratorResult<Frame, undefined>;
  if (done === true) process.exit(0);
  return value;
}
