// `cordon verify` without the command: an exported bundle, pinned keys and anchors in, a report out. Trusts nothing else.
import { toBase64 } from './base64.ts';
import { BundleFiles } from './bundle-files.ts';
import type { BundleReader } from './bundle-files.ts';
import { verifyCertificate } from './certificate.ts';
import { parseCheckpointText, parseOrigin, verifyCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { attempt } from './fault.ts';
import { MANIFEST } from './manifest.ts';
import { parseNote, parseVkey } from './note.ts';
import { PrefixRoots } from './prefix-roots.ts';
import { BundleFault, within } from './report.ts';
import type { AnchorReport, CheckpointStatus, DestroyedReport, VerifyReport } from './report.ts';
import type { CertificateClaim } from './rule-records.ts';
import type { Rules } from './rules.ts';
import { verifyTree } from './verify-tree.ts';

export interface Anchor {
  /** How the report names it: a file name. */
  readonly name: string;
  /** Signed note. */
  readonly bytes: Uint8Array;
}

export interface VerifyOptions {
  /** Pinned keys; none: the signer is whoever the bundle says. */
  readonly vkeys: readonly string[];
  /** Checkpoints from elsewhere; those of other logs are left out. */
  readonly anchors: readonly Anchor[];
  /** Warnings fail too. */
  readonly strict: boolean;
}

/**
 * Checks a bundle as docs/formats/bundle.md §2 and entry.md §4 say. Never throws for what is wrong inside the bundle.
 * Errors: FormatError `manifest_missing` (no bundle), `vkey_…` (a pinned key that is none); what the reader throws.
 */
export async function verifyBundle(reader: BundleReader, options: VerifyOptions): Promise<VerifyReport> {
  const pins = options.vkeys.map((vkey) => parseVkey(vkey).vkey);
  const run: Run = { head: { origin: null, treeSize: null, rootHash: null }, pinned: false, ...emptyFindings() };
  try {
    await examine(reader, { ...options, vkeys: pins }, run);
  } catch (error) {
    if (!(error instanceof BundleFault)) throw error;
    return report(run, error, options.strict);
  }
  return report(run, null, options.strict);
}

interface Findings {
  readonly anchors: AnchorReport[];
  readonly destroyed: DestroyedReport[];
  readonly gaps: { readonly epoch: number; readonly from: number; readonly to: number }[];
  readonly warnings: string[];
}

interface Run extends Findings {
  head: Pick<VerifyReport, 'origin' | 'treeSize' | 'rootHash'>;
  pinned: boolean;
}

/** A bundle whose tree holds, and what is needed to place other checkpoints in it. */
interface Verified {
  readonly files: BundleFiles;
  readonly rules: Rules;
  readonly roots: PrefixRoots;
  readonly whole: boolean;
}

async function examine(reader: BundleReader, options: VerifyOptions, run: Run): Promise<void> {
  const files = await BundleFiles.open(reader);
  run.head = files.head();
  const pin = files.keys.findLastIndex((key) => options.vkeys.includes(key.vkey));
  if (options.vkeys.length > 0 && pin < 0) throw new BundleFault(MANIFEST, 'signer_not_pinned');
  run.pinned = pin >= 0;
  if (!run.pinned) run.warnings.push('signer not pinned');
  warnOfRange(files, run);
  const rules = await verifyTree(files);
  const { entries, treeSize } = files.manifest;
  const whole = entries.from === 0 && entries.to === treeSize;
  const verified = { files, rules, roots: new PrefixRoots(files), whole };
  run.gaps.push(...rules.gaps.map(({ epoch, from, to }) => ({ epoch, from, to })));
  checkEnd(verified, pin);
  warnOfRules(rules, run);
  await checkCertificates(verified, run);
  checkStrayContent(files);
  await checkAnchors(verified, options.anchors, run);
}

function warnOfRange(files: BundleFiles, run: Run): void {
  const { entries, treeSize } = files.manifest;
  if (entries.from > 0) {
    run.warnings.push(`entries before ${entries.from} not included: rules that look back are not fully checked`);
  }
  if (entries.to < treeSize) run.warnings.push(`entries from ${entries.to} on not included`);
}

function warnOfRules(rules: Rules, run: Run): void {
  if (rules.intoGap > 0) run.warnings.push(`${rules.intoGap} references may lead into a declared gap`);
  const stale = rules.staleCalls();
  if (stale > 0) run.warnings.push(`${stale} calls have had no outcome for more than 24 hours`);
}

/** Keys and epoch at the end of the entries must be those that the manifest states. */
function checkEnd({ files, rules, whole }: Verified, pin: number): void {
  const { manifest } = files;
  if (manifest.entries.to === manifest.treeSize && manifest.entries.from < manifest.entries.to) {
    if (rules.epoch !== manifest.epoch) throw new BundleFault(MANIFEST, 'epoch_differs');
  }
  if (manifest.treeSize === 0 && manifest.epoch !== 0) throw new BundleFault(MANIFEST, 'epoch_differs');
  if (whole && rules.keyNumber !== files.keys.length - 1) throw new BundleFault(MANIFEST, 'vkeys_differ');
  const unproven = files.keys.findIndex((_, number) => number > pin && number > 0 && !rules.introduced.has(number));
  if (pin >= 0 && unproven >= 0) throw new BundleFault(MANIFEST, 'signer_not_pinned');
}

async function checkCertificates(verified: Verified, run: Run): Promise<void> {
  const { files, rules, whole } = verified;
  const claims = new Map(rules.records.claims.map((claim) => [claim.certificate, claim]));
  for (const { certificate, index } of rules.records.claims) {
    const path = certificatePath(certificate);
    if (!files.has(path)) throw new BundleFault(path, 'certificate_missing', { index });
  }
  for (const id of files.certificates) {
    const claim = claims.get(id);
    if (claim === undefined && whole) throw new BundleFault(certificatePath(id), 'certificate_unclaimed');
    run.destroyed.push(await checkCertificate(verified, id, claim ?? null));
  }
}

async function checkCertificate(
  verified: Verified,
  id: string,
  claim: CertificateClaim | null,
): Promise<DestroyedReport> {
  const { files } = verified;
  const path = certificatePath(id);
  const bytes = await files.read(path);
  const index = claim?.index ?? null;
  const { statement, digest, ...proven } = within(path, index, () => verifyCertificate(bytes, files.keys));
  const named = statement.id === id && statement.log === files.manifest.log;
  const claimed = claim === null || (claim.statement === digest && claim.index === proven.index);
  const before = statement.entries.every(({ to }) => to < proven.index);
  if (!named || !claimed || !before) throw new BundleFault(path, 'certificate_differs', { index });
  await placeCheckpoint(verified, proven.checkpoint, path);
  return {
    certificate: id,
    destruction: statement.destruction,
    on: statement.times.destroyed,
    count: statement.count,
    entries: statement.entries,
    status: statement.backups.state,
  };
}

/** Content files belong to entries of the range; those of other indexes were never looked at. */
function checkStrayContent(files: BundleFiles): void {
  const { from, to } = files.manifest.entries;
  for (const [index, paths] of files.content) {
    if (index < from || index >= to) throw new BundleFault(paths[0] ?? MANIFEST, 'file_unexpected', { index });
  }
}

async function checkAnchors(verified: Verified, anchors: readonly Anchor[], run: Run): Promise<void> {
  const { files } = verified;
  for (const { name, bytes } of anchors) {
    const stated = within(name, null, () => parseCheckpointText(parseNote(bytes).text));
    const origin = attempt(() => parseOrigin(stated.origin));
    if (!('value' in origin) || origin.value.log !== files.manifest.log) continue; // another log's
    const checkpoint = within(name, null, () => verifyCheckpoint(bytes, files.keys, { unknown: 'ignore' }));
    const status = await placeCheckpoint(verified, checkpoint, name);
    run.anchors.push({
      name,
      origin: checkpoint.origin,
      size: checkpoint.size,
      rootHash: toBase64(checkpoint.root),
      status,
    });
  }
  if (run.anchors.length === 0) run.warnings.push('truncation not checkable');
  const unplaced = run.anchors.filter(({ status }) => status === 'not checkable').length;
  if (unplaced > 0) run.warnings.push(`${unplaced} anchors of older epochs not checkable`);
}

/** Where a checkpoint of this log lies in the tree. Errors: `anchor_…` in the file that brought it. */
async function placeCheckpoint(verified: Verified, checkpoint: Checkpoint, file: string): Promise<CheckpointStatus> {
  const { files, rules, roots, whole } = verified;
  const { epoch, log } = within(file, null, () => parseOrigin(checkpoint.origin));
  if (log !== files.manifest.log) throw new BundleFault(file, 'wrong_log');
  const beyond = epoch > files.manifest.epoch;
  const gap = rules.gaps.find(({ newEpoch }) => newEpoch > epoch);
  if (epoch < files.manifest.epoch && gap === undefined) {
    if (whole) throw new BundleFault(file, 'anchor_contradicts');
    return 'not checkable';
  }
  const reach = gap?.from ?? files.manifest.treeSize;
  if (!beyond && checkpoint.size <= reach) {
    if (!(await roots.matches(checkpoint))) throw new BundleFault(file, 'anchor_contradicts');
    return 'in tree';
  }
  if (beyond || gap === undefined) {
    throw new BundleFault(file, 'anchor_beyond_bundle', { index: files.manifest.treeSize });
  }
  if (epoch === gap.epoch && checkpoint.size > gap.to + 1) throw new BundleFault(file, 'anchor_beyond_gap');
  const last = epoch === gap.epoch && checkpoint.size === gap.to + 1;
  if (last && toBase64(checkpoint.root) !== toBase64(gap.root)) throw new BundleFault(file, 'anchor_contradicts');
  return 'in declared gap';
}

function certificatePath(id: string): string {
  return `certificates/${id}.json`;
}

function emptyFindings(): Findings {
  return { anchors: [], destroyed: [], gaps: [], warnings: [] };
}

function report(run: Run, fault: BundleFault | null, strict: boolean): VerifyReport {
  const { head, pinned, anchors, destroyed, gaps, warnings } = run;
  const failed = fault !== null || (strict && warnings.length > 0);
  return {
    result: failed ? 'failed' : 'verified',
    ...head,
    pinned,
    anchors,
    firstBad: fault?.place ?? null,
    destroyed,
    gaps,
    warnings,
  };
}
