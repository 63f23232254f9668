// A proof file for one entry (docs/formats/bundle.md §4), made from the server's answers and verified before it is handed on.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeProof, FormatError, fromBase64, parseVkey, type VerifierKey, verifyProof } from '@cordon/proofs';
import { answered, type Api } from '#connection/api.ts';
import { checkpointOver } from '#ledger/checkpoint.ts';
import { Refusal } from '#failure.ts';
import { hasCode } from '#home/files.ts';

export interface ProvenEntry {
  readonly index: number;
  readonly kind: string;
  readonly time: string;
  readonly entryId: string;
  readonly treeSize: number;
  readonly checkpoint: string;
  /** The C2SP tlog-proof file. */
  readonly proof: string;
}

/** Fetches entry, path and checkpoint, and verifies them under `key`. Errors: `verification_failed` if any part does not fit. */
export async function proveEntry(api: Api, index: number, key: VerifierKey, signal: AbortSignal): Promise<ProvenEntry> {
  const path = { index };
  const entry = await answered(api.GET('/api/ledger/entries/{index}', { params: { path }, signal }));
  await checkpointOver(api, index, signal);
  const proof = await answered(api.GET('/api/ledger/entries/{index}/proof', { params: { path }, signal }));
  const encode = new TextEncoder();
  return verified(() => {
    const file = encodeProof({
      header: encode.encode(entry.header),
      index,
      path: proof.hashes.map(fromBase64),
      checkpoint: encode.encode(proof.checkpoint),
    });
    const { checkpoint } = verifyProof(file, [key]);
    return {
      index,
      kind: entry.kind,
      time: entry.time,
      entryId: entry.entryId,
      treeSize: checkpoint.size,
      checkpoint: proof.checkpoint,
      proof: new TextDecoder().decode(file),
    };
  });
}

/** The log's key: the one pinned beside the home when the home's server is meant, else the server's own word. */
export async function logKey(
  api: Api,
  home: string | null,
): Promise<{ readonly key: VerifierKey; readonly pinned: boolean }> {
  const pinned = home === null ? null : await pinnedKey(home);
  const vkey = pinned ?? (await answered(api.GET('/api/ledger/vkey', { parseAs: 'text' })));
  return { key: verified(() => parseVkey(vkey.trim())), pinned: pinned !== null };
}

/** `${CORDON_HOME}/log.vkey`, or null when there is none. Errors: `file_unreadable`. */
export async function pinnedKey(home: string): Promise<string | null> {
  const path = join(home, 'log.vkey');
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw new Refusal('file_unreadable', path);
  }
}

function verified<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof FormatError) throw new Refusal('verification_failed', error.message);
    throw error;
  }
}
