// A note under review or signed, for a person at a terminal.
import type { Schemas } from '@cordon/sdk';
import { omissions, sections } from '#show/draft.ts';
import { brief, printable } from '#terminal/printable.ts';
import { type Terminal, wrap } from '#terminal/terminal.ts';

type Note = Schemas['Note'];
type NoteSentence = Schemas['NoteSentence'];

const WATERMARK = 'DEMONSTRATION — not a medical record';

/** The whole note with verdicts, resolutions, what stands in the way of signing, and who signed. */
export function noteBlock(note: Note, terminal: Terminal): string {
  const byId = new Map(
    note.sections.flatMap((section) => section.sentences).map((sentence) => [sentence.id, sentence]),
  );
  return [
    ...marks(note, terminal),
    noteHeading(note, terminal),
    sections(note.sections, terminal, (sentence) => resolution(byId.get(sentence.id), terminal)),
    omissions(note.omissions, terminal),
    note.signature === null ? openLine(note, terminal) : signatureBlock(note.signature, terminal),
    ...marks(note, terminal),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A signed note in short: its marks, its id and its signature. */
export function signedBlock(note: Note, terminal: Terminal): string {
  const signature = note.signature === null ? '' : signatureBlock(note.signature, terminal);
  return [...marks(note, terminal), noteHeading(note, terminal), signature].filter((part) => part !== '').join('\n\n');
}

function marks(note: Note, terminal: Terminal): readonly string[] {
  return note.demo ? [terminal.style('inverse', ` ${WATERMARK} `)] : [];
}

function noteHeading(note: Pick<Note, 'id' | 'state' | 'version' | 'versionSeen'>, terminal: Terminal): string {
  return terminal.style(
    'dim',
    `  note ${note.id}, ${note.state}, version ${note.version}\n  version seen ${printable(note.versionSeen)}`,
  );
}

function resolution(sentence: NoteSentence | undefined, terminal: Terminal): string {
  if (sentence === undefined) return '';
  const parts = [
    sentence.flagged ? terminal.style('yellow', 'flagged') : '',
    sentence.resolution === 'open' ? '' : terminal.style('cyan', sentence.resolution),
    sentence.statement === null ? '' : `statement: “${brief(sentence.statement)}”`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function openLine(note: Note, terminal: Terminal): string {
  if (note.state !== 'in_review') return '';
  if (note.open.length === 0) return `  ${terminal.style('green', '✓')} nothing stands in the way of signing`;
  return `  ${terminal.style('yellow', '!')} to be resolved before signing: ${printable(note.open.join(', '))}`;
}

function signatureBlock(signature: NonNullable<Note['signature']>, terminal: Terminal): string {
  const head = `  ${terminal.style('green', '✓')} signed by ${printable(signature.signer)} at ${signature.signedAt}, entry ${signature.receipt.index} of the ledger`;
  return `${head}\n${wrap(signature.attestation, terminal.columns, '    ')}`;
}
