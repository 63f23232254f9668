// Limits of the door: times in milliseconds, sizes in bytes. An installation may set them per service within the bounds here.
import type { Service } from '#boundary/policy/snapshot.ts';

export interface DoorLimits {
  /** From the first look-up of the name to the end of the TLS handshake. */
  readonly connectMs: number;
  /** From the request to the first byte of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of an answer. */
  readonly idleMs: number;
  /** From the request to the end of the answer. */
  readonly totalMs: number;
  /** Requests under way at once. */
  readonly concurrency: number;
}

export const DEFAULT_LIMITS: DoorLimits = {
  connectMs: 5_000, // two lost SYNs; a service that takes longer is better passed over
  firstByteMs: 180_000, // an answer that is not streamed says nothing until the model has finished
  idleMs: 60_000, // models that think send comments or empty pieces meanwhile; a minute of nothing is a dead connection
  totalMs: 900_000, // the longest answers of today's models at their slowest, twice over
  concurrency: 256, // 128 streams twice over; beyond it waiting here only hides that the service is full
};

const BOUNDS: Readonly<Record<keyof DoorLimits, readonly [least: number, most: number]>> = {
  connectMs: [100, 30_000],
  firstByteMs: [100, 1_800_000],
  idleMs: [100, 600_000],
  totalMs: [1_000, 7_200_000], // an hour of sound, recognised at half its speed
  concurrency: [1, 4_096],
};

/** A request that is held in memory: the largest that OpenAI's own routes take. */
export const MAX_REQUEST_BYTES = 67_108_864;

/** A request that is passed on piece by piece: nine hours of 16 kHz sound. */
export const MAX_STREAMED_REQUEST_BYTES = 1_073_741_824;

/** An answer read piece by piece: a hundred times the longest that a model writes. */
export const MAX_ANSWER_BYTES = 268_435_456;

/** An answer that is held in memory until it is recorded: a full batch of embeddings (2048 × 3072 numbers as base64) with room. */
export const MAX_WHOLE_ANSWER_BYTES = 67_108_864;

/** A streamed answer, all of it: with its seals it must fit into what the ledger holds of one stream (64 MiB). */
export const MAX_STREAMED_ANSWER_BYTES = 58_720_256;

/** What a service says when it refuses: more is not an explanation. */
export const MAX_REFUSAL_BYTES = 65_536;

/** One event of a stream: the last of `responses` repeats the whole answer. */
export const MAX_EVENT_BYTES = 8_388_608;

/** Where the nature of an adapter's exchange asks for other times than the defaults. */
const OF_ADAPTER: Readonly<Record<string, Partial<DoorLimits>>> = {
  // Sound is heard as it lasts, and nothing comes back while nobody speaks.
  'aws-transcribe': { idleMs: 600_000, totalMs: 7_200_000 },
};

export type LimitsOf = (service: Service) => Partial<DoorLimits>;

/** The limits of a service: what was set for it, brought within the bounds. */
export function limitsFor(service: Service, limitsOf: LimitsOf): DoorLimits {
  const wanted = { ...DEFAULT_LIMITS, ...OF_ADAPTER[service.adapter], ...limitsOf(service) };
  const bounded = Object.entries(BOUNDS).map(([name, [least, most]]) => {
    const value = wanted[name as keyof DoorLimits];
    return [name, Math.min(most, Math.max(least, value))] as const;
  });
  return Object.fromEntries(bounded) as unknown as DoorLimits;
}
