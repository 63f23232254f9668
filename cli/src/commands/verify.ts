// `cordon verify DIR`: offline, without a server, trusting nothing but the keys and anchors it is given (spec custody §3).
import type { VerifyReport } from '@cordon/proofs';
import type { Command } from 'commander';
import { collected, declare } from '#command.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { pinnedKey } from '#ledger/prove.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { defaultAnchors, readAnchors, verifyDirectory } from '#verify/verify.ts';

interface VerifyOptions {
  readonly key?: readonly string[];
  readonly anchor?: readonly string[];
  readonly strict?: true;
}

export function addVerify(program: Command, context: Context): void {
  declare(program, 'verify <directory>', 'verify an exported bundle, offline; exit 1 when anything in it is wrong', [
    'verify bundle',
    'verify bundle --key "cordon.local/…+1f2e3d4c+AV…" --anchor /mnt/anchors --strict',
    'verify bundle --json',
  ])
    .option('--key <vkey>', 'a key to trust, in C2SP vkey form; by default that in CORDON_HOME/log.vkey', collected)
    .option('--anchor <path>', 'a checkpoint, or a directory of them; by default CORDON_ANCHORS', collected)
    .option('--strict', 'warnings fail too')
    .action((directory: string, options: VerifyOptions) => verify(directory, options, context));
}

async function verify(directory: string, options: VerifyOptions, { env, terminal }: Context): Promise<void> {
  const home = options.key === undefined ? await pinnedKey(env.home) : null;
  const vkeys = options.key ?? (home === null ? [] : [home]);
  const anchors =
    options.anchor === undefined
      ? await defaultAnchors(env.anchors)
      : (await Promise.all(options.anchor.map(readAnchors))).flat();
  const report = await verifyDirectory(directory, { vkeys, anchors, strict: options.strict === true });
  if (terminal.json) terminal.document(report);
  else terminal.print(shown(report, terminal));
  if (report.result === 'failed') throw new Refusal('verification_failed', ...reasons(report));
}

function reasons({ firstBad, warnings }: VerifyReport): readonly string[] {
  if (firstBad === null) return warnings;
  const { file, offset, index, reason } = firstBad;
  const where = [file, offset === null ? null : `byte ${offset}`, index === null ? null : `entry ${index}`];
  return [`${reason} in ${where.filter((part) => part !== null).join(', ')}`];
}

function shown(report: VerifyReport, terminal: Terminal): string {
  const { result, origin, treeSize, rootHash, pinned, anchors, destroyed, gaps, warnings } = report;
  const verdict = result === 'verified' ? terminal.style('green', '✓ verified') : terminal.style('red', '✗ failed');
  const inTree = anchors.filter((anchor) => anchor.status === 'in tree').length;
  const lines = [
    `  ${verdict}  ${treeSize ?? '?'} entries`,
    `    origin   ${printable(origin ?? 'could not be read')}`,
    `    root     ${rootHash ?? 'could not be read'}`,
    `    signer   ${pinned ? 'pinned' : 'not pinned'}`,
    `    anchors  ${anchors.length === 0 ? 'none' : `${inTree} of ${anchors.length} in the tree`}`,
    ...destroyed.map(
      ({ on, count, certificate }) => `    destroyed  ${count} objects lawfully on ${on}, certificate ${certificate}`,
    ),
    ...gaps.map(({ epoch, from, to }) => `    declared gap  ${from}–${to} of epoch ${epoch}`),
    ...warnings.map((warning) => `  ${terminal.style('yellow', '!')} ${printable(warning)}`),
  ];
  return lines.join('\n');
}
