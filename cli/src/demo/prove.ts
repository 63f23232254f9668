// The end of the demonstration: the proof of its last act, and the whole ledger exported and verified as an auditor would.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answered, type Api } from '#connection/api.ts';
import type { Server } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { writeBundle } from '#ledger/bundle-directory.ts';
import { logKey, proveEntry } from '#ledger/prove.ts';
import { verifyDirectory } from '#verify/verify.ts';
import { withStage } from '#visit/visit.ts';

export interface ProvenDemo {
  readonly index: number;
  readonly treeSize: number;
  readonly checkpoint: string;
  readonly verified: true;
}

/** Errors: `verification_failed`. */
export async function proveDemo(
  context: Context,
  server: Server,
  api: Api,
  what: string,
  index: number,
): Promise<ProvenDemo> {
  const { env, signal } = context;
  const { key } = await logKey(api, server.credentials === null ? null : env.home);
  const proven = await withStage(context, what, async () => {
    const result = await proveEntry(api, index, key, signal);
    return { result, said: `${result.kind} at ${index} is in the tree of ${result.treeSize}` };
  });
  return withStage(context, 'Whole ledger, offline', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cordon-demo-'));
    try {
      const stream = await answered(api.POST('/api/ledger/export', { body: {}, parseAs: 'stream', signal }));
      await writeBundle(stream, join(directory, 'bundle'));
      const report = await verifyDirectory(join(directory, 'bundle'), {
        vkeys: [key.vkey],
        anchors: [],
        strict: false,
      });
      if (report.result !== 'verified')
        throw new Refusal('verification_failed', `${report.firstBad?.reason ?? ''} in ${report.firstBad?.file ?? ''}`);
      const { checkpoint } = proven;
      const treeSize = report.treeSize ?? 0;
      const result = { index, treeSize, checkpoint, verified: true as const };
      return { result, said: `${treeSize} entries: hashes, signatures and rules hold` };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
