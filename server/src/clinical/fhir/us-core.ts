// US Core 9.0.0 DocumentReference: mandatory elements, must-support that record systems ask of clients, and invariant us-core-6.
import type { DocumentReference } from '@medplum/fhirtypes';
import type { Fault } from './fault.ts';
import { LOINC } from './note-types.ts';
import { valuesAt } from './walk.ts';

/** Mandatory, or asked of writing clients ("Writing Clinical Notes": author and encounter must be populated). */
const PRESENT = [
  'identifier',
  'status',
  'type',
  'category',
  'subject',
  'date',
  'author',
  'content.attachment.contentType',
  'context.encounter',
  'context.period.end',
] as const;

export function usCoreFaults(document: DocumentReference, path: string): Fault[] {
  const missing = PRESENT.filter((element) => valuesAt(document, element).length === 0);
  return [
    ...missing.map((element) => ({ path: `${path}.${element}`, rule: 'us-core-present' })),
    ...(document.content ?? [])
      .filter(({ attachment }) => attachment.url === undefined && attachment.data === undefined)
      .map(() => ({ path: `${path}.content.attachment`, rule: 'us-core-6' })),
    ...(isClinicalNote(document) ? [] : [{ path: `${path}.category`, rule: 'us-core-category' }]),
    ...(hasLoincType(document) ? [] : [{ path: `${path}.type`, rule: 'us-core-type' }]),
  ];
}

function isClinicalNote(document: DocumentReference): boolean {
  return valuesAt(document, 'category.coding.code').includes('clinical-note');
}

/** LOINC codes end in a check digit after a hyphen. */
function hasLoincType(document: DocumentReference): boolean {
  const codings = document.type?.coding ?? [];
  return codings.some(({ system, code }) => system === LOINC && /^\d{1,7}-\d$/.test(code ?? ''));
}
