// Every way in which a process can reach out, watched below all libraries: what Node's own handles are asked to do, and by which code.
// Imported by a test, or preloaded into a server (`--import`), which then writes one JSON line per event to WAYS_OUT_LOG.
import { createHook, executionAsyncId } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';

/** Handles of libuv and c-ares: TCP, pipes, datagrams, look-ups by the system and by DNS. */
const OUTWARD = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'UDPSENDWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
]);

/** Sockets that are not connected yet: whose they are. */
const HANDLES = new Set(['TCPWRAP', 'PIPEWRAP', 'UDPWRAP', 'TLSWRAP']);

/** Parts of the server that may reach out, and whom: spec boundary §5. */
const DOORS = /\/server\/src\/(?:boundary\/egress|platform\/(?:outbound|store|jobs))\//;
const SERVER = /\/server\/src\//;
/** The driver connects again from its own timers, with nothing of ours below it. */
const DATABASE = /\/node_modules\/(?:pg|pg-pool|pg-boss)\//;
/** What the test does itself is not the server's doing. */
const TEST = /\/(?:server|cli)\/test\/|\.test\.ts|\.fixture\.ts/;

const FRAMES = 60;

export interface WayOut {
  readonly type: string;
  readonly by: 'door' | 'database' | 'test' | 'other';
  /** Frames outside of Node, for the report of a failure. */
  readonly stack: readonly string[];
}

export interface Watch {
  readonly seen: readonly WayOut[];
  stop(): void;
}

export function watchWaysOut(onSeen: (way: WayOut) => void = () => undefined): Watch {
  const seen: WayOut[] = [];
  /** Who is behind what Node itself goes on with, after a look-up or a first address that failed: nobody's code is below it then. */
  const behind = new Map<number, WayOut['by']>();
  const hook = createHook({
    init(id, type, trigger) {
      const cause = behind.get(trigger) ?? behind.get(executionAsyncId());
      if (!OUTWARD.has(type) && !HANDLES.has(type)) {
        if (cause !== undefined) behind.set(id, cause);
        return;
      }
      const { by, stack } = described();
      const way = { type, by: stack.length === 0 ? (cause ?? by) : by, stack };
      behind.set(id, way.by);
      if (HANDLES.has(type)) return;
      seen.push(way);
      onSeen(way);
    },
    destroy: (id) => void behind.delete(id),
  });
  hook.enable();
  return { seen, stop: () => void hook.disable() };
}

function described(): Pick<WayOut, 'by' | 'stack'> {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const lines = new Error('way out').stack?.split('\n').slice(1) ?? [];
  Error.stackTraceLimit = before;
  const stack = lines.filter((line) => !line.includes('node:') && !line.includes('/ways-out.ts'));
  const has = (pattern: RegExp): boolean =>
    stack.some((line) => pattern.test(line) && !(pattern === SERVER && TEST.test(line)));
  if (has(DOORS)) return { by: 'door', stack };
  if (has(SERVER)) return { by: 'other', stack };
  if (has(DATABASE)) return { by: 'database', stack };
  return { by: has(TEST) ? 'test' : 'other', stack };
}

const log = process.env['WAYS_OUT_LOG'];
if (log !== undefined) watchWaysOut((way) => appendFileSync(log, `${JSON.stringify(way)}\n`));
