// Rules 2 and 8 of docs/formats/entry.md §4: how a log is reopened after a lawful restore and how its signing key changes.
import { fromBase64 } from './base64.ts';
import { utf8 } from './bytes.ts';
import { isObject } from './canonical.ts';
import type { JsonObject } from './canonical.ts';
import { keyChangeText, parseOrigin, verifyCheckpoint } from './checkpoint.ts';
import { attempt, FormatError } from './fault.ts';
import { parseVkey } from './note.ts';
import type { VerifierKey } from './note.ts';
import { text } from './rule-coverage.ts';

/** What one `ledger.reopened` declares lost: indexes [from, to] of the tree that `checkpoint` names. */
export interface DeclaredGap {
  /** Epoch that begins with this entry. */
  readonly newEpoch: number;
  /** Epoch of the checkpoint named. */
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly root: Uint8Array;
}

/** Errors: `reopening_invalid`. */
export function readReopening(
  detail: JsonObject,
  at: { readonly log: string; readonly index: number; readonly epoch: number },
  keys: readonly VerifierKey[],
): DeclaredGap {
  const { held, lost, people } = detail;
  const read = attempt(() => verifyCheckpoint(fromBase64(text(detail['checkpoint'])), keys, { unknown: 'ignore' }));
  const origin = 'value' in read ? attempt(() => parseOrigin(read.value.origin)) : read;
  if (!('value' in read) || !('value' in origin)) throw new FormatError('reopening_invalid');
  const { size, root } = read.value;
  const { log, epoch } = origin.value;
  const range = isObject(lost) && lost['from'] === at.index && lost['to'] === size - 1 && size > at.index;
  const twoPeople = Array.isArray(people) && people.length === 2 && people[0] !== people[1];
  if (held !== at.index || !range || !twoPeople || log !== at.log || epoch + 1 !== at.epoch) {
    throw new FormatError('reopening_invalid');
  }
  return { newEpoch: at.epoch, epoch, from: at.index, to: size - 1, root };
}

/** The key in force after the change. Errors: `key_change_invalid`. */
export function readKeyChange(
  detail: JsonObject,
  at: { readonly log: string; readonly index: number },
  inForce: VerifierKey,
): VerifierKey {
  const [oldText, newText] = [text(detail['old']), text(detail['new'])];
  const message = utf8(keyChangeText(at.log, at.index, oldText, newText));
  const read = attempt(() => ({
    key: parseVkey(newText),
    oldSignature: fromBase64(text(detail['oldSignature'])),
    newSignature: fromBase64(text(detail['newSignature'])),
  }));
  const valid =
    'value' in read &&
    oldText === inForce.vkey &&
    newText !== oldText &&
    inForce.check(message, read.value.oldSignature) &&
    read.value.key.check(message, read.value.newSignature);
  if (!valid) throw new FormatError('key_change_invalid');
  return read.value.key;
}
