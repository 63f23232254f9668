// The recogniser child process: one recording, then it ends. Frames come on standard input, messages leave on descriptor 3.
// It holds plaintext sound in memory only, and lives no longer than its input is open.
import { createWriteStream } from 'node:fs';
import { isProblem } from '@cordon/contract';
import type { EngineFamily } from './channel.ts';
import { encodeJson, FRAME, FrameReader } from './frames.ts';
import { MESSAGES_FD } from './messages.ts';
import type { ChildMessage, FamilyConfig, JobConfig } from './messages.ts';
import { loadOnlineTransducer } from './online-transducer.ts';
import { loadPocketSphinx } from './pocketsphinx.ts';
import { Recording } from './recording.ts';

const out = createWriteStream('', { fd: MESSAGES_FD });
const send = (message: ChildMessage): void => void out.write(encodeJson(FRAME.message, message));

function loadFamily(config: FamilyConfig): EngineFamily {
  switch (config.family) {
    case 'online-transducer':
      return loadOnlineTransducer(config);
    case 'pocketsphinx':
      return loadPocketSphinx(config);
  }
}

async function run(): Promise<void> {
  const frames = new FrameReader();
  let family: EngineFamily | null = null;
  let recording: Recording | null = null;
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    for (const frame of frames.push(chunk)) {
      if (frame.type === FRAME.config && family === null) {
        family = loadFamily(JSON.parse(Buffer.from(frame.body).toString('utf8')) as FamilyConfig);
        send({ type: 'ready', engine: family.engine });
      } else if (frame.type === FRAME.config && family !== null) {
        const job = JSON.parse(Buffer.from(frame.body).toString('utf8')) as JobConfig;
        recording = new Recording(family, job, (stretch) => send({ type: 'stretch', stretch }));
      } else if (frame.type === FRAME.audio && recording !== null) {
        await recording.push(frame.body);
        bytes += frame.body.length;
        send({ type: 'progress', bytes, seconds: recording.seconds });
      } else if (frame.type === FRAME.end && recording !== null) {
        send({ type: 'done', facts: await recording.end() });
        return;
      }
    }
  }
}

try {
  await run();
} catch (error) {
  if (!isProblem(error)) throw error;
  send({ type: 'problem', code: error.code, details: error.details });
}
out.end();
process.stdin.destroy();
