// The live child process: one live session's sound in, growing text out. It runs a voice detector and a streaming recogniser, holds
// plaintext sound in memory only, and lives no longer than its input is open.
import { FRAME } from './frames.ts';
import type { Frame } from './frames.ts';
import { LiveHearing } from './live-hearing.ts';
import { loadLiveTransducer } from './live-transducer.ts';
import type { LiveFamily } from './live-transducer.ts';
import type { LiveConfig } from './live-process.ts';
import type { LiveJob } from './messages.ts';
import { parseBody, runChild } from './outlet.ts';
import type { Outlet } from './outlet.ts';

let loaded: { readonly family: LiveFamily; readonly vad: string } | null = null;
let hearing: LiveHearing | null = null;
let bytes = 0;

/** True when the session is over. */
function serve(frame: Frame, outlet: Outlet): boolean {
  if (frame.type === FRAME.config && loaded === null) {
    const { family, vad } = parseBody(frame) as LiveConfig;
    loaded = { family: loadLiveTransducer(family), vad };
    outlet.send({ type: 'ready', engine: loaded.family.engine });
  } else if (frame.type === FRAME.config && loaded !== null) {
    const job = parseBody(frame) as LiveJob;
    hearing = new LiveHearing(loaded.family, loaded.vad, job, (message) => outlet.send(message));
  } else if (frame.type === FRAME.audio && hearing !== null) {
    hearing.push(frame.body);
    bytes += frame.body.length;
    outlet.send({ type: 'progress', bytes, seconds: hearing.seconds });
  } else if (frame.type === FRAME.commit) {
    hearing?.commit();
  } else if (frame.type === FRAME.clear) {
    hearing?.clear();
  } else if (frame.type === FRAME.end && hearing !== null) {
    hearing.end();
    return true;
  }
  return false;
}

await runChild(async (frames, outlet) => {
  for await (const frame of frames) {
    if (serve(frame, outlet)) return;
    await outlet.drained();
  }
});
