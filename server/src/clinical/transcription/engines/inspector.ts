// What a recording is, found out by decoding it to its end in a confined child: for uploads of what is not WAV.
import { ProblemError } from '@cordon/contract';
import type { Inspect } from '#clinical/audio/arriving.ts';
import { ChildLost } from './engine-child.ts';
import { ListenerProcess } from './listener-process.ts';
import type { ListenerOptions, SoundTaker } from './listener-process.ts';
import { Places } from './places.ts';

export interface InspectorOptions extends ListenerOptions {
  /** Children at once. Uploads wait for their clients most of the time, so there may be several per core; each takes some 80 MB. */
  readonly size: number;
}

export interface Inspector {
  readonly inspect: Inspect;
  /** Kills all children and waits until they are gone. */
  stop(): Promise<void>;
}

const NOBODY: SoundTaker = {
  open: () => undefined,
  sound: () => undefined,
  close: () => undefined,
  progress: () => undefined,
};

export function createInspector({ size, ...options }: InspectorOptions): Inspector {
  const places = new Places(size);
  const busy = new Set<ListenerProcess>();
  const stopping = new AbortController();
  return {
    inspect: async (audio) => {
      await places.take(stopping.signal);
      const listener = new ListenerProcess({ how: 'measure' }, options);
      busy.add(listener);
      try {
        const { container, encoding, sampleRate, channels, duration } = await listener.run(
          { startAt: [] },
          audio,
          NOBODY,
        );
        return { container, encoding, sampleRate, channels, duration };
      } catch (error) {
        // A recording that brings its decoder down is refused; the bytes passed once and are not there to be tried again.
        throw error instanceof ChildLost
          ? new ProblemError('engine_failed', { reason: error.ended.how }, error)
          : error;
      } finally {
        busy.delete(listener);
        listener.child.stop();
        places.give();
      }
    },
    stop: async () => {
      stopping.abort(new ProblemError('shutting_down'));
      for (const listener of busy) listener.child.stop();
      await Promise.all([...busy].map((listener) => listener.child.exited()));
    },
  };
}
