import { describe, expect, it } from 'vitest';

import { toBase64, verifyBundle } from '#proofs/index.ts';

import { addCall, beginLog, LOG, SampleLog, sampleVisit, signerOf } from './sample-log.ts';

async function visit(): Promise<{ log: SampleLog; anchors: { name: string; bytes: Uint8Array }[] }> {
  const log = new SampleLog();
  beginLog(log);
  const anchors = [{ name: 'early', bytes: await log.checkpoint() }];
  await sampleVisit(log);
  addCall(log, 'after');
  anchors.push({ name: 'late', bytes: await log.checkpoint() });
  return { log, anchors };
}

describe('verifyBundle', () => {
  it('verifies a visit with facts, content and a certificate', async () => {
    const { log, anchors } = await visit();
    const bundle = await log.bundle({ facts: true, content: true });
    const report = await verifyBundle(bundle, { vkeys: log.vkeys, anchors, strict: true });
    expect(report).toMatchObject({
      result: 'verified',
      origin: `${LOG}/0`,
      treeSize: log.size,
      rootHash: toBase64(log.frontier.root()),
      pinned: true,
      anchors: [
        { name: 'early', size: 3, status: 'in tree' },
        { name: 'late', size: log.size, status: 'in tree' },
      ],
      firstBad: null,
      destroyed: [{ count: 1, entries: [{ from: 3, to: 4 }], status: 'pending_backup_expiry' }],
      gaps: [],
      warnings: [],
    });
    expect(Object.keys(report)).toEqual(
      'result origin treeSize rootHash pinned anchors firstBad destroyed gaps warnings'.split(' '),
    );
  });

  it('verifies the empty log', async () => {
    const log = new SampleLog();
    const anchors = [{ name: 'a', bytes: await log.checkpoint() }];
    const report = await verifyBundle(await log.bundle(), { vkeys: log.vkeys, anchors, strict: true });
    expect(report).toMatchObject({ result: 'verified', treeSize: 0 });
  });

  it('warns without pin and anchor, and fails on that only when strict', async () => {
    const { log } = await visit();
    const bundle = await log.bundle();
    const relaxed = await verifyBundle(bundle, { vkeys: [], anchors: [], strict: false });
    expect(relaxed).toMatchObject({
      result: 'verified',
      pinned: false,
      warnings: ['signer not pinned', 'truncation not checkable'],
    });
    const strict = await verifyBundle(bundle, { vkeys: [], anchors: [], strict: true });
    expect(strict).toMatchObject({ result: 'failed', firstBad: null });
  });

  it('refuses a signer who is not the pinned one', async () => {
    const { log } = await visit();
    const report = await verifyBundle(await log.bundle(), {
      vkeys: [signerOf('other').vkey],
      anchors: [],
      strict: false,
    });
    expect(report).toMatchObject({ result: 'failed', pinned: false, firstBad: { reason: 'signer_not_pinned' } });
  });

  it('leaves anchors of other logs out and refuses unreadable ones', async () => {
    const { log } = await visit();
    const bundle = await log.bundle();
    const other = Buffer.from(
      Buffer.from(await log.checkpoint())
        .toString()
        .replace(LOG, LOG.replace(/aa$/, 'bb')),
    );
    const left = await verifyBundle(bundle, { vkeys: [], anchors: [{ name: 'o', bytes: other }], strict: false });
    expect(left.warnings).toContain('truncation not checkable');
    const bad = await verifyBundle(bundle, {
      vkeys: [],
      anchors: [{ name: 'bad', bytes: other.subarray(1, 40) }],
      strict: false,
    });
    expect(bad).toMatchObject({ result: 'failed', firstBad: { file: 'bad', reason: 'note_malformed' } });
  });

  it('verifies a part of a log, saying what it could not see', async () => {
    const log = new SampleLog();
    beginLog(log);
    for (let call = 0; call < 400; call += 1) addCall(log, String(call));
    const anchors = [{ name: 'a', bytes: await log.checkpoint() }];
    const options = { vkeys: log.vkeys, anchors, strict: false };
    const late = await verifyBundle(await log.bundle({ facts: true, content: true, from: 512 }), options);
    expect(late).toMatchObject({
      result: 'verified',
      warnings: ['entries before 512 not included: rules that look back are not fully checked'],
    });
    const early = await verifyBundle(await log.bundle({ from: 0, to: 256 }), options);
    expect(early).toMatchObject({ result: 'verified', warnings: ['entries from 256 on not included'] });
  });

  it('follows a change of the signing key from the pinned one', async () => {
    const log = new SampleLog();
    beginLog(log);
    const anchors = [{ name: 'by the old key', bytes: await log.checkpoint() }];
    await log.changeKey(signerOf('second'));
    addCall(log, 'after');
    anchors.push({ name: 'by the new key', bytes: await log.checkpoint() });
    const [first, second] = log.vkeys as [string, string];
    for (const vkeys of [[first], [second], [first, second]]) {
      const report = await verifyBundle(await log.bundle(), { vkeys, anchors, strict: true });
      expect(report).toMatchObject({ result: 'verified', pinned: true });
    }
  });

  it('reports a declared gap and places the anchors of both epochs', async () => {
    const log = new SampleLog();
    beginLog(log);
    const held = log.size;
    const anchors = [{ name: 'held', bytes: await log.checkpoint() }];
    const lost = new SampleLog();
    beginLog(lost);
    addCall(lost, 'lost');
    anchors.push({ name: 'inside', bytes: await lost.checkpoint() });
    addCall(lost, 'lost too');
    const newest = await lost.checkpoint();
    anchors.push({ name: 'newest', bytes: newest });
    log.reopen(newest, lost.size);
    addCall(log, 'goes on');
    anchors.push({ name: 'epoch 1', bytes: await log.checkpoint() });
    const report = await verifyBundle(await log.bundle(), { vkeys: log.vkeys, anchors, strict: true });
    expect(report).toMatchObject({
      result: 'verified',
      origin: `${LOG}/1`,
      gaps: [{ epoch: 0, from: held, to: lost.size - 1 }],
    });
    expect(report.anchors.map(({ status }) => status)).toEqual([
      'in tree',
      'in declared gap',
      'in declared gap',
      'in tree',
    ]);
    addCall(lost, 'more than was declared');
    const beyond = [{ name: 'beyond', bytes: await lost.checkpoint() }];
    const refused = await verifyBundle(await log.bundle(), { vkeys: log.vkeys, anchors: beyond, strict: false });
    expect(refused).toMatchObject({ result: 'failed', firstBad: { file: 'beyond', reason: 'anchor_beyond_gap' } });
  });
});
