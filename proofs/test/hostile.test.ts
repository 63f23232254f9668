// I5 a bundle that wants to hurt its reader: sizes that nobody holds are refused as fast as any other damage.
import { expect, it } from 'vitest';

import { encodeManifest, manifestNoteText, parseManifest } from '#proofs/manifest.ts';
import { signNote, verifyBundle } from '#proofs/index.ts';
import type { Manifest } from '#proofs/manifest.ts';

import { addCall, beginLog, SampleLog } from './sample-log.ts';

const WISH = { vkeys: [], anchors: [], strict: false } as const;
/** Entries of a tree that would need 200 million tiles. */
const BEYOND = 2 ** 45;

async function signedWith(change: (manifest: Manifest) => Manifest) {
  const log = new SampleLog();
  beginLog(log);
  addCall(log, 'one');
  const bundle = await log.bundle();
  const manifest = change(parseManifest(await bundle.read('manifest.json')));
  const bytes = encodeManifest(manifest);
  bundle.set({ path: 'manifest.json', bytes });
  const note = await signNote(manifestNoteText(manifest.log, bytes), log.signer);
  bundle.set({ path: 'manifest.note', bytes: note });
  return bundle;
}

it.each([
  [
    'a tree that nobody holds',
    (manifest: Manifest) => ({ ...manifest, treeSize: BEYOND, entries: { from: 0, to: 0 } }),
  ],
  [
    'a range that nobody holds',
    (manifest: Manifest) => ({ ...manifest, treeSize: BEYOND, entries: { from: 0, to: BEYOND } }),
  ],
])('I5 %s is a missing file, told at once', async (_name, change) => {
  const bundle = await signedWith(change);
  const before = performance.now();
  const report = await verifyBundle(bundle, WISH);
  expect(report).toMatchObject({ result: 'failed', firstBad: { reason: 'file_missing' } });
  expect(performance.now() - before).toBeLessThan(1_000);
});

it('I5 what is no plain file is not opened, the manifest least of all', async () => {
  const bundle = await signedWith((manifest) => manifest);
  for (const special of ['manifest.json', 'manifest.note']) {
    const opened: string[] = [];
    const report = await verifyBundle(
      {
        list: async function* list() {
          for await (const { path, bytes } of bundle.list()) yield { path, bytes: path === special ? -1 : bytes };
        },
        read: (path) => {
          opened.push(path);
          return bundle.read(path);
        },
      },
      WISH,
    );
    expect(report).toMatchObject({ result: 'failed', firstBad: { file: special, reason: 'file_length_differs' } });
    expect(opened).not.toContain(special);
  }
});
