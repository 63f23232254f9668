// The voices child process: takes the stretches of sound of one recording, tells who speaks when. It holds sound and voice prints in
// memory only and gives out neither: what leaves it are times and small numbers.
import { FRAME, samplesOf } from './frames.ts';
import type { Frame } from './frames.ts';
import { SpeakerWindows } from './families/speaker-windows.ts';
import { loadDiarizer, loadVoicePrinter } from './families/speakers.ts';
import type { SpeakerTurn, StretchOpened, VoicesConfig } from './messages.ts';
import { parseBody, runChild } from './outlet.ts';
import type { Outlet } from './outlet.ts';

let windows: SpeakerWindows | null = null;
let bytes = 0;

function load(config: VoicesConfig): SpeakerWindows {
  // The threshold is a distance, the likeness of two voices its opposite: one number decides within windows and across them.
  const alike = 1 - config.clustering.threshold;
  return new SpeakerWindows(loadDiarizer(config), loadVoicePrinter(config.embedding), alike);
}

function tell(outlet: Outlet, turns: readonly SpeakerTurn[] | undefined): void {
  if (turns !== undefined && turns.length > 0) outlet.send({ type: 'turns', turns, last: false });
}

function serve(frame: Frame, outlet: Outlet): void {
  if (frame.type === FRAME.config && windows === null) {
    windows = load(parseBody(frame) as VoicesConfig);
    outlet.send({ type: 'ready', engine: 'voices' });
    return;
  }
  if (frame.type === FRAME.open) windows?.open((parseBody(frame) as Pick<StretchOpened, 'start'>).start);
  else if (frame.type === FRAME.sound) tell(outlet, windows?.sound(samplesOf(frame.body)));
  else if (frame.type === FRAME.close) tell(outlet, windows?.close());
  bytes += frame.body.length;
  outlet.send({ type: 'progress', bytes, seconds: 0 });
}

await runChild(async (frames, outlet) => {
  for await (const frame of frames) {
    if (frame.type === FRAME.end) {
      outlet.send({ type: 'turns', turns: windows?.end() ?? [], last: true });
      return;
    }
    serve(frame, outlet);
    await outlet.drained();
  }
});
