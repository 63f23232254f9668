// A process for jobs alone, for scale-out on an external PostgreSQL: the same floors, the same engine, no HTTP.
import { ProblemError } from '@cordon/contract';
import {
  abandonTranscription,
  runTranscription,
  TRANSCRIBE_QUEUE,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import { loadConfig } from '#config/config.ts';
import { accessContext } from '#custody/access/context.ts';
import { listTenants } from '#custody/access/tenants.ts';
import { standardErrorLog } from '#platform/log/standard-error.ts';
import { createTenantWords } from '#clinical/vocabulary/tenant-words.ts';
import { startBoundaryService } from './boundary-service.ts';
import { workDeidJobs } from './deid-service.ts';
import { layFoundation } from './foundation.ts';
import { startSpeechService } from './speech-service.ts';
import { failStart } from './start-failure.ts';

async function main(): Promise<void> {
  const config = loadConfig();
  // The embedded database belongs to one server process, which does its own jobs.
  if (config.database.kind === 'embedded')
    throw new ProblemError('configuration_invalid', { faults: ['a worker needs DATABASE_URL'] });
  const log = standardErrorLog(config.logLevel);
  const foundation = await layFoundation(config, log, { holdHome: false });
  const access = accessContext({ ...foundation, derive: foundation.keys.installation.derive });
  const speech = startSpeechService(foundation, () => listTenants(access), say, 0);
  const boundary = startBoundaryService(foundation);
  const parts: TranscriptionParts = {
    ...foundation,
    recognise: speech.recognise,
    remote: boundary.speech,
    inspect: speech.inspect,
    wordsOf: createTenantWords(foundation),
  };
  await foundation.jobs.work(
    TRANSCRIBE_QUEUE,
    (job) => runTranscription(parts, job),
    (job) => abandonTranscription(parts, job),
  );
  await workDeidJobs(foundation);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void speech
        .stop()
        .then(() => boundary.stop())
        .then(() => foundation.close())
        .then(() => process.exit(0));
    });
  }
  say('ready worker');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch(failStart);
