// The note as text and as XHTML. Both say the same words in the same order; XHTML ids let Provenance point at a sentence.
import type { Narrative } from '@medplum/fhirtypes';
import { NOTE_TYPES } from './note-types.ts';
import type { FiledSection, FiledSentence, SignedNote } from './signed-note.ts';

/** Plain text for the record system, for copies and for older systems. Lines end with LF. */
export function noteText(note: SignedNote): string {
  const sections = note.sections.filter(hasSentences).map(sectionText);
  const end = `${note.attestation}\nSigned ${note.signedAt}`;
  return [NOTE_TYPES[note.type].display, ...sections, end].join('\n\n') + '\n';
}

export function hasSentences(section: FiledSection): boolean {
  return section.sentences.length > 0;
}

function sectionText(section: FiledSection): string {
  return [section.title, ...section.sentences.map(sentenceText)].join('\n');
}

function sentenceText({ text, statement }: FiledSentence): string {
  return statement === null ? text : `${text} [${STATEMENT}: ${statement}]`;
}

const STATEMENT = 'Clinician’s statement';

/** One paragraph per sentence, with the sentence's element id. */
export function sectionNarrative(section: FiledSection): Narrative {
  const paragraphs = section.sentences.map(
    (sentence) => `<p id="${elementId(sentence.id)}">${escapeXhtml(sentenceText(sentence))}</p>`,
  );
  return { status: 'additional', div: `<div xmlns="http://www.w3.org/1999/xhtml">${paragraphs.join('')}</div>` };
}

/** FHIR element ids hold no spaces; XML ids begin with a letter. */
export function elementId(sentenceId: string): string {
  return `sentence-${sentenceId.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`;
}

// Everything but the characters of XML 1.0 (§2.2): controls are forbidden there even when escaped, halves of surrogate pairs too.
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escapeXhtml(text: string): string {
  return text
    .replaceAll(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
