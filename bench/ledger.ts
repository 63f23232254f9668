// Durable append against raw grouped inserts of the same bytes, in a process of its own: it starts a PostgreSQL.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const OUTPUT_BYTES = 1_048_576; // one JSON document of a few kilobytes

export async function run(): Promise<object> {
  const script = join(import.meta.dirname, 'ledger-append.ts');
  const text = execFileSync(process.execPath, [script], { encoding: 'utf8', maxBuffer: OUTPUT_BYTES });
  return JSON.parse(text) as object;
}
