// What a recording is, found out by decoding it to its end in a confined child: for uploads of what is not WAV.
import { ProblemError } from '@cordon/contract';
import type { Inspect, MeasuredSound } from '#clinical/audio/arriving.ts';
import { ChildLost } from './engine-child.ts';
import { ListenerProcess } from './listener-process.ts';
import type { ListenerOptions, SoundTaker } from './listener-process.ts';
import { Places } from './places.ts';

export interface InspectorOptions extends ListenerOptions {
  /** Children at once for recordings that are on their way: they wait for their clients most of the time. Each takes some 80 MB. */
  readonly arriving: number;
  /** Children at once for stored recordings, which wait for nobody. */
  readonly stored: number;
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

/** Whoever sends slowly holds a place among those that arrive, and none of those of the stored: nobody has to wait for a slow client. */
export function createInspector({ arriving, stored, ...options }: InspectorOptions): Inspector {
  const places = { arriving: new Places(arriving), stored: new Places(stored) };
  const busy = new Set<ListenerProcess>();
  const stopping = new AbortController();
  const measure = async (place: Places, audio: () => AsyncIterable<Uint8Array>): Promise<MeasuredSound> => {
    const listener = new ListenerProcess({ how: 'measure' }, options);
    busy.add(listener);
    try {
      const facts = await listener.run({ startAt: [] }, audio, NOBODY);
      const { container, encoding, sampleRate, channels, duration } = facts;
      return { container, encoding, sampleRate, channels, duration };
    } catch (error) {
      // A recording that brings its decoder down is refused; what is on its way passes once and is not there to be tried again.
      throw error instanceof ChildLost ? new ProblemError('engine_failed', { reason: error.ended.how }, error) : error;
    } finally {
      busy.delete(listener);
      listener.child.stop();
      place.give();
    }
  };
  return {
    inspect: {
      arriving: (audio) => (places.arriving.tryTake() ? measure(places.arriving, audio) : null),
      stored: async (audio) => {
        await places.stored.take(stopping.signal);
        return measure(places.stored, audio);
      },
    },
    stop: async () => {
      stopping.abort(new ProblemError('shutting_down'));
      const children = [...busy].map((listener) => listener.child);
      for (const child of children) child.stop();
      await Promise.all(children.map((child) => child.exited()));
    },
  };
}
