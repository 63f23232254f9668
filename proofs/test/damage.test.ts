// Every single-byte flip, drop, swap, insertion, truncation and roll-back of a small bundle is found, with a pinned key and anchors
// given: once as it lies on a disk, and once when whoever damaged it could also sign a fitting manifest.
import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { signNote, verifyBundle } from '#proofs/index.ts';
import type { Anchor, VerifyReport } from '#proofs/index.ts';
import { encodeManifest, manifestNoteText, parseManifest } from '#proofs/manifest.ts';

import { addCall, beginLog, LOG, SampleLog } from './sample-log.ts';
import type { MemoryBundle } from './sample-log.ts';

let log: SampleLog;
let older: MemoryBundle;
let bundle: MemoryBundle;
let anchors: Anchor[];

beforeAll(async () => {
  log = new SampleLog();
  beginLog(log);
  older = await log.bundle({ facts: true, content: true });
  anchors = [{ name: 'older', bytes: await log.checkpoint() }];
  addCall(log, 'x');
  await log.destroy([{ from: 0, to: 1 }]);
  bundle = await log.bundle({ facts: true, content: true });
  anchors.push({ name: 'newest', bytes: await log.checkpoint() });
});

async function verify(damaged: MemoryBundle): Promise<VerifyReport> {
  return await verifyBundle(damaged, { vkeys: log.vkeys, anchors, strict: false });
}

/** Collects what was not found: an expectation per damaged byte would cost more than the verification. */
class Found {
  readonly missed: string[] = [];
  tried = 0;

  async try(damaged: MemoryBundle, what: string): Promise<void> {
    const report = await verify(damaged).catch((error: unknown) => String(error));
    const found = typeof report === 'string' ? report.includes('manifest_missing') : report.firstBad !== null;
    this.tried += 1;
    if (!found) this.missed.push(what);
  }
}

/** Makes the manifest fit what the files are now, signed with the log's own key. */
async function relist(damaged: MemoryBundle): Promise<MemoryBundle> {
  const manifest = parseManifest(bundle.files.get('manifest.json')!);
  const files = [...damaged.files]
    .filter(([path]) => !path.startsWith('manifest.'))
    .map(([path, bytes]) => ({ bytes: bytes.length, path, sha256: createHash('sha256').update(bytes).digest('hex') }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const bytes = encodeManifest({ ...manifest, files });
  damaged.files.set('manifest.json', bytes);
  damaged.files.set('manifest.note', await signNote(manifestNoteText(LOG, bytes), log.signer));
  return damaged;
}

function changed(path: string, change: (bytes: Uint8Array) => Uint8Array): MemoryBundle {
  const copy = bundle.copy();
  copy.files.set(path, change(copy.files.get(path)!));
  return copy;
}

const flip = (at: number) => (bytes: Uint8Array) => {
  bytes[at]! ^= 1 + (at % 255);
  return bytes;
};
const insert = (at: number) => (bytes: Uint8Array) =>
  Buffer.concat([bytes.subarray(0, at), Uint8Array.of(bytes[at] ?? 0), bytes.subarray(at)]);
const remove = (at: number) => (bytes: Uint8Array) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
const cut = (at: number) => (bytes: Uint8Array) => bytes.subarray(0, at);

describe('a damaged bundle', () => {
  it('is whole before it is damaged', async () => {
    expect(await verify(bundle)).toMatchObject({ result: 'verified', warnings: [] });
    expect(await verify(await relist(bundle.copy()))).toMatchObject({ result: 'verified', warnings: [] });
    expect(bundle.files.size).toBeGreaterThan(9);
  });

  it('is found at every flipped, inserted, removed and cut byte of every file', { timeout: 120_000 }, async () => {
    const found = new Found();
    for (const [path, bytes] of bundle.files) {
      for (let at = 0; at < bytes.length; at += 1) {
        await found.try(changed(path, flip(at)), `${path} flip ${at}`);
        await found.try(changed(path, insert(at)), `${path} insert ${at}`);
        await found.try(changed(path, remove(at)), `${path} remove ${at}`);
        await found.try(changed(path, cut(at)), `${path} cut ${at}`);
      }
      await found.try(changed(path, insert(bytes.length)), `${path} one byte more`);
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found at every flipped byte when the manifest is made to fit', { timeout: 120_000 }, async () => {
    const found = new Found();
    for (const [path, bytes] of bundle.files) {
      if (path.startsWith('manifest.')) continue;
      for (let at = 0; at < bytes.length; at += 1) {
        await found.try(await relist(changed(path, flip(at))), `${path} flip ${at}, manifest made to fit`);
      }
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found when a file is missing, added, renamed or put in the place of another', async () => {
    const found = new Found();
    const paths = [...bundle.files.keys()];
    for (const path of paths) {
      const without = bundle.copy();
      without.files.delete(path);
      await found.try(without, `${path} dropped`);
      const more = bundle.copy();
      more.files.set(`${path}x`, Uint8Array.of(1));
      await found.try(more, `${path}x added`);
      for (const other of paths) {
        const swapped = bundle.copy();
        swapped.files.set(path, bundle.files.get(other)!);
        swapped.files.set(other, bundle.files.get(path)!);
        if (path !== other) await found.try(swapped, `${path} swapped with ${other}`);
      }
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found when a file is missing or added and the manifest made to fit', async () => {
    const found = new Found();
    for (const path of bundle.files.keys()) {
      if (path.startsWith('manifest.') || path.startsWith('content/')) continue; // destroyed content may be missing
      const without = bundle.copy();
      without.files.delete(path);
      await found.try(await relist(without), `${path} dropped, manifest made to fit`);
    }
    for (const path of [
      'extra',
      'tile/0/001',
      'tile/entries/000',
      'content/0.object',
      'content/99.object',
      'facts/001',
    ]) {
      const more = bundle.copy();
      more.files.set(path, Uint8Array.of(1));
      await found.try(await relist(more), `${path} added, manifest made to fit`);
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found when entries are dropped, doubled or swapped and everything but the anchors is made anew', async () => {
    const found = new Found();
    const rows = log.headers;
    const remake = async (headers: readonly Uint8Array[]): Promise<MemoryBundle> => {
      const forged = new SampleLog();
      for (const header of headers) forged.addBytes(header);
      forged.certificates.push(...log.certificates);
      return await forged.bundle();
    };
    for (let at = 0; at < rows.length; at += 1) {
      await found.try(await remake(rows.toSpliced(at, 1)), `entry ${at} dropped`);
      await found.try(await remake(rows.toSpliced(at, 0, rows[at]!)), `entry ${at} doubled`);
      await found.try(await remake(rows.slice(0, at)), `cut off at entry ${at}`);
      for (let other = at + 1; other < rows.length; other += 1) {
        const swapped = rows.with(at, rows[other]!).with(other, rows[at]!);
        await found.try(await remake(swapped), `entries ${at} and ${other} swapped`);
      }
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found when rolled back to an older export, checkpoint or manifest', async () => {
    const found = new Found();
    expect(await verify(older)).toMatchObject({
      result: 'failed',
      firstBad: { file: 'newest', index: 3, reason: 'anchor_beyond_bundle' },
    });
    for (const path of ['checkpoint', 'manifest.json', 'manifest.note']) {
      const mixed = bundle.copy();
      mixed.files.set(path, older.files.get(path)!);
      await found.try(mixed, `older ${path}`);
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('is found when an entry was rewritten and the whole tree made anew', async () => {
    const found = new Found();
    for (let at = 0; at < log.size; at += 1) {
      const forged = new SampleLog();
      for (const [index, header] of log.headers.entries()) {
        const text = Buffer.from(header).toString();
        const rewritten = text.replace(/"time":"2026-11-22T08/, '"time":"2026-11-22T07');
        forged.addBytes(index <= at ? Buffer.from(rewritten) : header);
      }
      await found.try(await forged.bundle(), `history up to ${at} rewritten`);
    }
    expect(found.missed).toEqual([]);
    expect(found.tried).toBeGreaterThan(2);
  });

  it('says where: file, byte and index', async () => {
    const report = await verify(changed('tile/entries/000.p/7', flip(1500)));
    expect(report.firstBad).toMatchObject({ file: 'tile/entries/000.p/7', reason: 'entry_not_in_tree', index: 3 });
  });
});
