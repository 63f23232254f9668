// Waiting for the speech engine: the server serves before it has one (it may be fetching it), and says how far it is.
import type { Readiness } from '@cordon/contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { readiness } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { beginStage } from '#terminal/progress.ts';
import { brief } from '#terminal/printable.ts';

/** Installing an engine of last resort over a slow mirror; beyond this something is wrong. */
const ENGINE_LIMIT_MS = 15 * 60_000;
const POLL_MS = 500;

/** The engine once it is ready. Errors: `engine_missing`, `engine_not_ready` after the limit. */
export async function engineReady({ terminal, signal }: Context, url: string): Promise<Readiness['speech']> {
  const first = (await readiness(url)).speech;
  if (first.state !== 'acquiring') return settled(first);
  const stage = beginStage(terminal, 'Speech engine');
  const until = Date.now() + ENGINE_LIMIT_MS;
  try {
    for (let speech = first; ; speech = (await readiness(url)).speech) {
      if (speech.state !== 'acquiring') {
        const ready = settled(speech);
        stage.done(engineName(ready));
        return ready;
      }
      if (Date.now() > until) throw new Refusal('engine_not_ready', 'waited 15 minutes');
      stage.update(speech.progress, engineName(speech));
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    stage.abandon();
    throw error;
  }
}

function settled(speech: Readiness['speech']): Readiness['speech'] {
  switch (speech.state) {
    case 'ready':
    case 'acquiring':
      return speech;
    case 'missing':
      throw new Refusal('engine_missing');
    case 'failed':
      throw new Refusal('engine_failed');
  }
}

/** `sherpa-onnx zipformer-en-3.3m`; low accuracy is called low accuracy. */
export function engineName({ engine, model, accuracy }: Readiness['speech']): string {
  const name = [engine, model].filter((part) => part !== null).join(' ');
  return brief(accuracy === 'low' && !name.includes('low accuracy') ? `${name} (low accuracy)` : name, 60);
}
