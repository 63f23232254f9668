// Drug names from RxNorm's RXNCONSO.RRF (UMLS Rich Release Format: fields between pipes, a pipe at the line's end). Pure.
// Taken are names in English of RxNorm itself that are in use: ingredients (IN, PIN) and brands (BN).
import { VocabularyTerm } from '@cordon/contract';
import type { Term } from './terms.ts';

/** Places of the fields of RXNCONSO.RRF (RxNorm Technical Documentation §12.4). */
const FIELD = { language: 1, source: 11, termType: 12, name: 14, suppressed: 16 } as const;
const FIELDS = 18;

const TERM_TYPES: ReadonlySet<string> = new Set(['IN', 'BN', 'PIN']);

/** A term, `skip` for a line that names none of these, or what is wrong with the line. */
export type RxNormLine = { readonly term: Term } | 'skip' | { readonly reason: string };

export function readRxNormLine(line: string): RxNormLine {
  const fields = line.split('|');
  if (fields.length !== FIELDS + 1 || fields[FIELDS] !== '') return { reason: 'fields' };
  const taken =
    fields[FIELD.language] === 'ENG' &&
    fields[FIELD.source] === 'RXNORM' &&
    TERM_TYPES.has(fields[FIELD.termType] ?? '') &&
    fields[FIELD.suppressed] === 'N';
  if (!taken) return 'skip';
  // Chemical names of a hundred characters are in the list; nobody says them.
  const parsed = VocabularyTerm.safeParse({ term: fields[FIELD.name], kind: 'drug' });
  return parsed.success ? { term: parsed.data } : 'skip';
}
