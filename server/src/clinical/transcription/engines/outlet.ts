// How an engine child speaks: frames on a descriptor of their own, since standard output belongs to native code that may print.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { isProblem } from '@cordon/contract';
import { encodeJson, encodeSound, FRAME, FrameReader } from './frames.ts';
import type { Frame } from './frames.ts';
import { MESSAGES_FD } from './messages.ts';
import type { ChildMessage, HelpMessage } from './messages.ts';

export interface Outlet {
  send(message: ChildMessage | HelpMessage): void;
  sound(stretch: number, samples: Float32Array): void;
  /** Resolves when the server has taken enough: what it has not read yet must not pile up here. */
  drained(): Promise<void>;
}

/** Runs a child: `serve` takes the frames of standard input in order and ends when its work is done. It lives no longer than the input is open. */
export async function runChild(serve: (frames: AsyncIterable<Frame>, outlet: Outlet) => Promise<void>): Promise<void> {
  const out = createWriteStream('', { fd: MESSAGES_FD });
  const outlet: Outlet = {
    send: (message) => void out.write(encodeJson(FRAME.message, message)),
    sound: (stretch, samples) => void out.write(encodeSound(stretch, samples)),
    drained: async () => void (out.writableNeedDrain && (await once(out, 'drain'))),
  };
  try {
    await serve(framesOf(process.stdin), outlet);
    await outlet.drained();
  } catch (error) {
    if (!isProblem(error)) throw error;
    outlet.send({ type: 'problem', code: error.code, details: error.details });
  }
  out.end();
  process.stdin.destroy();
}

async function* framesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Frame, void, undefined> {
  const frames = new FrameReader();
  for await (const chunk of input) yield* frames.push(chunk);
}

/** The JSON of a frame that the server wrote. */
export function parseBody(frame: Frame): unknown {
  return JSON.parse(Buffer.from(frame.body).toString('utf8'));
}
