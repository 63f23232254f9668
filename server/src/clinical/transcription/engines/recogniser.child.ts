// The recogniser child process: takes stretches of sound of one recording, gives words. Frames come on standard input.
// It holds plaintext sound in memory only, and lives no longer than its input is open.
import { FRAME, samplesOf, stretchOf } from './frames.ts';
import type { Frame } from './frames.ts';
import { loadOffline } from './families/offline-hearer.ts';
import type { EngineFamily, HeardWords, StretchHearer } from './hearer.ts';
import type { RecogniserConfig, StretchClosed, StretchOpened } from './messages.ts';
import { loadOnlineTransducer } from './online-transducer.ts';
import { parseBody, runChild } from './outlet.ts';
import type { Outlet } from './outlet.ts';
import { loadPocketSphinx } from './pocketsphinx.ts';

let family: EngineFamily | null = null;
const open = new Map<number, StretchHearer>();
let bytes = 0;

function loadFamily({ family, hotWords }: RecogniserConfig): EngineFamily {
  switch (family.family) {
    case 'online-transducer':
      return loadOnlineTransducer(family, hotWords);
    case 'pocketsphinx':
      return loadPocketSphinx(family);
    case 'offline-transducer':
    case 'nemo-transducer':
    case 'nemo-ctc':
    case 'zipformer-ctc':
    case 'whisper':
    case 'moonshine':
    case 'sense-voice':
      return loadOffline(family, hotWords);
  }
}

function tell(outlet: Outlet, stretch: number, heard: readonly HeardWords[], closedAt: number | null): void {
  for (const [index, { words, resumeAt }] of heard.entries()) {
    outlet.send({ type: 'heard', stretch, words, resumeAt, last: closedAt !== null && index === heard.length - 1 });
  }
  // A stretch in which nothing was heard ends all the same.
  if (closedAt !== null && heard.length === 0) {
    outlet.send({ type: 'heard', stretch, words: [], resumeAt: closedAt, last: true });
  }
}

async function serve(frame: Frame, outlet: Outlet): Promise<void> {
  if (frame.type === FRAME.config && family === null) {
    family = loadFamily(parseBody(frame) as RecogniserConfig);
    outlet.send({ type: 'ready', engine: family.engine });
  } else if (frame.type === FRAME.open && family !== null) {
    const { stretch, start } = parseBody(frame) as Pick<StretchOpened, 'stretch' | 'start'>;
    open.set(stretch, family.begin(start));
  } else if (frame.type === FRAME.sound) {
    const stretch = stretchOf(frame.body);
    tell(outlet, stretch, (await open.get(stretch)?.feed(samplesOf(frame.body))) ?? [], null);
    bytes += frame.body.length;
    outlet.send({ type: 'progress', bytes, seconds: 0 });
  } else if (frame.type === FRAME.close) {
    const { stretch, end, resumeAt } = parseBody(frame) as StretchClosed;
    tell(outlet, stretch, (await open.get(stretch)?.finish(end, resumeAt)) ?? [], resumeAt);
    open.delete(stretch);
  }
}

await runChild(async (frames, outlet) => {
  for await (const frame of frames) {
    await serve(frame, outlet);
    await outlet.drained();
  }
});
