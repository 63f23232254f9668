// With the server stopped: the ledger opened from what lies on the disk, with the keys on the disk. What callers received must be
// what was sealed before it was released, and nothing of it may lie there in clear.
import { spawnSync } from 'node:child_process';
import { loadConfig } from '#config/config.ts';
import { parseTenantId } from '#kernel/ids.ts';
import { createLog } from '#platform/log/log.ts';
import { layFoundation } from '../../src/foundation.ts';
import type { Foundation } from '../../src/foundation.ts';
import type { Acknowledged } from './acknowledged.ts';

const PAGE = 500;

export interface Sealed {
  readonly faults: readonly string[];
  /** Outcomes whose sealed body was opened. */
  readonly opened: number;
}

/** `env`: how the stopped installation is found. */
export async function judgeSealed(
  env: Readonly<Record<string, string>>,
  tenantId: string,
  acknowledged: Acknowledged,
): Promise<Sealed> {
  const config = loadConfig({ values: env, unknown: [] });
  const foundation = await layFoundation(config, createLog('silent'));
  try {
    const texts = await outcomeTexts(foundation, tenantId);
    const known = new Set(texts.values());
    const faults = acknowledged.received.flatMap(({ text, outcome }) => {
      const sealed = outcome === null ? known.has(text) : texts.get(outcome) === text;
      return sealed ? [] : [`a text that was received is not in the ledger as it was received (outcome ${outcome})`];
    });
    return { faults, opened: texts.size };
  } finally {
    await foundation.close();
  }
}

/** Index of each completed outcome → the text in its sealed body. */
async function outcomeTexts({ ledger }: Foundation, tenantId: string): Promise<ReadonlyMap<number, string>> {
  const tenant = parseTenantId(tenantId);
  if (tenant === null) throw new Error('no tenant');
  const texts = new Map<number, string>();
  for (let from = 0; ;) {
    const page = await ledger.entries(tenant, { from, kinds: ['call.outcome'], order: 'oldest', limit: PAGE });
    for (const { header } of page) {
      const body = await ledger.content(tenant, header.id);
      if (body === null) continue;
      const { text } = JSON.parse(Buffer.from(body.reveal()).toString()) as { text: string };
      texts.set(header.index, text);
    }
    const last = page.at(-1);
    if (last === undefined) return texts;
    from = last.header.index + 1;
  }
}

/** Files below the directories that hold one of the phrases in clear, or what a crash leaves: dumps, reports, snapshots. */
export function judgeLeftovers(directories: readonly string[], acknowledged: Acknowledged): readonly string[] {
  const phrases = [...new Set(acknowledged.received.map(({ text }) => text))].filter((text) => text.length > 12);
  const references = [...acknowledged.encounters.keys()].flatMap((visit) => [visit, `pt-${visit.slice(-12)}`]);
  const patterns = [...phrases, ...references].join('\n');
  const hits = spawnSync('grep', ['-rlaF', '-f', '-', ...directories], { input: patterns, encoding: 'utf8' });
  if (hits.status !== 0 && hits.status !== 1) return [`the search for plaintext failed: ${hits.stderr}`];
  const clear = hits.stdout
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => `plaintext in ${path}`);
  const names = ['core', 'core.*', 'report.*.json', '*.heapsnapshot', '*.heapprofile', '*.cpuprofile'];
  const tests = names.flatMap((name, at) => (at === 0 ? ['-name', name] : ['-o', '-name', name]));
  const dumps = spawnSync(
    'find',
    [...directories, process.cwd(), '-not', '-path', '*/node_modules/*', '-type', 'f', '(', ...tests, ')'],
    {
      encoding: 'utf8',
    },
  );
  const left = dumps.stdout.split('\n').filter((path) => path !== '');
  return [...clear, ...left.map((path) => `a crash left ${path}`)];
}
