// The listener child process: reads one recording, says what it is, cuts it into stretches of sound, ends. It decodes foreign bytes and
// runs a voice detector, holds plaintext sound in memory only, and never sees a recogniser.
import { Listening } from './listening.ts';
import type { CutConfig, ListenJob } from './messages.ts';
import { FRAME } from './frames.ts';
import { parseBody, runChild } from './outlet.ts';

let config: CutConfig | null = null;
let listening: Listening | null = null;
let bytes = 0;

await runChild(async (frame, outlet) => {
  if (frame.type === FRAME.config && config === null) {
    config = parseBody(frame) as CutConfig;
    outlet.send({ type: 'ready', engine: 'listener' });
  } else if (frame.type === FRAME.config && config !== null) {
    listening = new Listening(config, parseBody(frame) as ListenJob, outlet);
  } else if (frame.type === FRAME.audio && listening !== null) {
    listening.push(frame.body);
    bytes += frame.body.length;
    outlet.send({ type: 'progress', bytes, seconds: listening.seconds });
  } else if (frame.type === FRAME.end && listening !== null) {
    outlet.send({ type: 'done', facts: listening.end() });
    await outlet.drained();
    return true;
  }
  return false;
});
