// A ledger bundle as it left over HTTP, verified with the auditor's code alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle, type BundleReader, type VerifyReport } from '@cordon/proofs';
import type { TestServer } from './server.ts';

const BLOCK = 512;

/** The files of a ustar archive. */
export function untar(bytes: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const path = textAt(bytes, at, 100);
    if (path === '') break;
    const size = Number.parseInt(textAt(bytes, at + 124, 12), 8);
    files.set(path, new Uint8Array(bytes.subarray(at + BLOCK, at + BLOCK + size)));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

export async function exportBundle(server: TestServer, token: string, body: object): Promise<Map<string, Uint8Array>> {
  const answer = await fetch(`${server.url}/api/ledger/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`export answered ${answer.status} ${bytes.toString()}`);
  return untar(bytes);
}

/** With the key and the anchors that the server wrote outside its database. */
export function verifyFiles(server: TestServer, files: ReadonlyMap<string, Uint8Array>): Promise<VerifyReport> {
  const reader: BundleReader = {
    list: async function* list() {
      for (const [path, bytes] of files) yield { path, bytes: bytes.length };
    },
    read: async (path) => files.get(path) ?? new Uint8Array(),
  };
  return verifyBundle(reader, { vkeys: [vkeyOf(server)], anchors: anchorsOf(server), strict: true });
}

export function vkeyOf(server: TestServer): string {
  return readFileSync(join(server.home, 'log.vkey'), 'utf8').trim();
}

function anchorsOf(server: TestServer): { readonly name: string; readonly bytes: Uint8Array }[] {
  return readdirSync(`${server.home}-anchors`, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => ({ name: one.name, bytes: new Uint8Array(readFileSync(join(one.parentPath, one.name))) }));
}

function textAt(bytes: Buffer, at: number, length: number): string {
  return bytes
    .subarray(at, at + length)
    .toString('latin1')
    .split('\0', 1)
    .join('')
    .trim();
}
