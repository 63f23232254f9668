// For tests of what never leaves the process: no service is elsewhere.
import type { RemoteSpeech } from '#boundary/calls/speech-call.ts';
import { Breakers } from '#boundary/egress/breaker.ts';
import { systemClock } from '#kernel/clock.ts';

export function nothingElsewhere(): RemoteSpeech {
  const doorOf = (): never => {
    throw new Error('this test reaches nothing outside');
  };
  const meter = { spending: doorOf };
  return { doorOf, adapters: new Map(), breakers: new Breakers(systemClock), meter, costOf: () => null };
}
