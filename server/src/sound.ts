// A process that measures one recording or silences stretches of it, for the command line: starts the confined child that does so on the
// descriptors that it was given itself (clinical/audio/masking/messages.ts). The third root, beside main.ts and worker.ts; it needs no house.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JOB_FD, MESSAGES_FD } from '#clinical/audio/masking/messages.ts';
import { probeSandbox } from '#clinical/transcription/engines/sandbox.ts';

/** MiB. Sound passes through the child's heap in blocks; more would be a leak. */
const CHILD_HEAP_MIB = 256;

const SCRIPT = fileURLToPath(new URL('clinical/audio/masking/masking.child.ts', import.meta.url));

const command = [process.execPath, `--max-old-space-size=${String(CHILD_HEAP_MIB)}`, SCRIPT];
const [file = '', ...rest] = probeSandbox().wrap(command, 'live');
const child = spawn(file, rest, {
  // Nothing of the caller's environment: no secrets, no NODE_OPTIONS that would write reports.
  env: { LANG: 'C.UTF-8', PATH: '/usr/local/bin:/usr/bin:/bin' },
  // What native code prints could quote its input, so nobody reads it.
  stdio: ['inherit', 'inherit', 'ignore', JOB_FD, MESSAGES_FD],
});
child.once('error', () => process.exit(1));
child.once('exit', (code) => process.exit(code ?? 1));
