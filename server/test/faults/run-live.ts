// `npm run test:live -- --cuts 200`: one recording spoken into one live session whose connection is cut at random moments. What was told
// must be what an undisturbed session tells; nothing lost, nothing twice.
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clip, completedOf, connect, PCM_16K, toldOf, type Event, type Live } from '../live.ts';
import { startServer, type TestServer } from '../server.ts';

const { values } = parseArgs({ options: { cuts: { type: 'string', default: '200' }, out: { type: 'string' } } });
const CUTS = Number(values.cuts);
/** Bytes sent between two cuts at most: 600 ms. */
const STEP_BYTES = 19_200;

const server = await startServer();
try {
  while ((await fetch(`${server.url}/readyz`)).status !== 200) await pause(100);
  const result = await cutAgainAndAgain(server);
  console.log(JSON.stringify(result));
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(result, null, 2)}\n`);
  if (result.lost || result.repeated > 0 || result.revised > 0) process.exitCode = 1;
} finally {
  await server.remove();
}

async function cutAgainAndAgain({ url, credentials: { apiKey } }: TestServer) {
  const sound = Buffer.concat([clip('aws-mta-1.wav'), clip('aws-mta-2.wav')]);
  const whole = await open(url, apiKey, {});
  await whole.speak(sound);
  whole.send({ type: 'cordon.session.finish' });
  await whole.next('cordon.session.finished');
  const seen: Event[] = [];
  let live = await open(url, apiKey, {});
  const session = String((live.events[0]?.['session'] as { id: string } | undefined)?.id);
  let at = 0;
  for (let cut = 0; cut < CUTS; cut += 1) {
    const bytes = Math.min(STEP_BYTES, Math.ceil((sound.length - at) / (CUTS - cut) / 2) * 2);
    await live.speak(sound.subarray(at, at + bytes), { offset: at });
    await pause(Math.random() * 120);
    live.socket.terminate();
    await live.closed;
    seen.push(...numbered(live.events));
    const after = seen.at(-1)?.event_id;
    live = await open(url, apiKey, { session, ...(after === undefined ? {} : { after }) });
    at = received(live);
  }
  await live.speak(sound.subarray(at), { offset: at });
  live.send({ type: 'cordon.session.finish' });
  await live.next('cordon.session.finished');
  seen.push(...numbered(live.events));
  const told = [...toldOf(seen)];
  const done = [...completedOf(seen)];
  return {
    cuts: CUTS,
    seconds: sound.length / 32_000,
    events: seen.length,
    repeated: seen.length - new Set(seen.map(({ event_id }) => event_id)).size,
    revised: told.filter(([item, text], index) => done[index]?.[0] !== item || done[index]?.[1] !== text).length,
    lost: JSON.stringify(done.map(([, text]) => text)) !== JSON.stringify([...completedOf(whole.events).values()]),
  };
}

async function open(url: string, key: string, query: Record<string, string>): Promise<Live> {
  const live = await connect(url, key, { query });
  await live.next('session.created');
  if (query['session'] === undefined) {
    live.send(PCM_16K);
    await live.next('session.updated');
  }
  return live;
}

function received(live: Live): number {
  const created = live.events.find(({ type }) => type === 'session.created');
  return (created?.['session'] as { cordon: { received: number } } | undefined)?.cordon.received ?? 0;
}

function numbered(events: readonly Event[]): Event[] {
  return events.filter(({ event_id }) => /_\d+_\d$/.test(event_id));
}
