// What goes wrong in the engine, without a word of any text: whoever catches it may log it.

/** `engine`: reading a text failed; `map`: the map is none that this version writes; `options`: they contradict each other;
 * `exhausted`: no further stand-in that is no one else's. */
export type DeidFault = 'engine' | 'map' | 'options' | 'exhausted';

const SAID: Readonly<Record<DeidFault, string>> = {
  engine: 'a text could not be de-identified',
  map: 'the replacement map cannot be read',
  options: 'the options of de-identification contradict each other',
  exhausted: 'no further stand-in is left',
};

export class DeidError extends Error {
  readonly fault: DeidFault;

  constructor(fault: DeidFault) {
    super(SAID[fault]);
    this.name = 'DeidError';
    this.fault = fault;
  }
}

/** Runs `work`; whatever it throws leaves as a `DeidError` without message or cause of the original, which may quote the text. */
export function sealed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof DeidError ? error : new DeidError('engine');
  }
}
