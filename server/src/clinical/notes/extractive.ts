// The extractive drafter: chooses what of a transcript belongs in a note, arranges it by the template and cites every
// sentence down to word times. No model, no outside knowledge: nothing is stated that was not said, and the same
// transcript and template give the same bytes.
import { concepts } from '#clinical/language/concepts.ts';
import { quantities } from '#clinical/language/numbers.ts';
import { polarity } from '#clinical/language/polarity.ts';
import { tokenize } from '#clinical/language/tokens.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { candidates, type Candidate } from './candidates.ts';
import type { Citation } from './draft.ts';
import type { NoteTemplate } from './templates.ts';

export const EXTRACTIVE_DRAFTER = 'extractive/1';

/** A sentence not yet verified. */
interface ProposedSentence {
  readonly text: string;
  readonly citations: readonly Citation[];
}

export interface ProposedSection {
  readonly id: string;
  readonly title: string;
  readonly loinc?: string;
  readonly sentences: readonly ProposedSentence[];
}

/** One section per row of the template that has content or is required, in the template's order. Empty sentences for silence. */
export function extract(transcript: Transcript, template: NoteTemplate): ProposedSection[] {
  const { dictated, list } = candidates(transcript);
  const chosen = withoutRepeats(list);
  return template.sections.flatMap((section) => {
    // A conversation is sorted by element; a dictation keeps its own order, in which "he" and "it" have their meaning.
    const own = dictated
      ? chosen.filter((candidate) => section.elements.includes(candidate.element))
      : section.elements.flatMap((element) => chosen.filter((candidate) => candidate.element === element));
    if (own.length === 0 && !section.required) return [];
    const { id, title, loinc } = section;
    const sentences = own.map(({ text, citations }) => ({ text, citations }));
    return [{ id, title, ...(loinc === undefined ? {} : { loinc }), sentences }];
  });
}

/** Two sentences of one element say the same when this share of the shorter one's content is in the other. */
const SAME_SHARE = 0.8;

function withoutRepeats(all: readonly Candidate[]): Candidate[] {
  const kept: { candidate: Candidate; content: ReadonlySet<string> }[] = [];
  for (const candidate of all) {
    const content = contentOf(candidate.text);
    if (content.size === 0) continue;
    const twin = kept.findIndex(
      (other) => other.candidate.element === candidate.element && saysSame(content, other.content),
    );
    const other = kept[twin];
    if (other === undefined) kept.push({ candidate, content });
    else if (content.size > other.content.size) kept[twin] = { candidate, content };
  }
  return kept.map(({ candidate }) => candidate);
}

function saysSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  return [...small].filter((item) => large.has(item)).length / small.size >= SAME_SHARE;
}

// Concepts with their polarity, and numbers: what must agree for two sentences to be one.
function contentOf(text: string): ReadonlySet<string> {
  const tokens = tokenize(text);
  const signs = polarity(tokens);
  const content = new Set(
    concepts(tokens).map((concept) => `${signs[concept.from]?.negated === true ? '-' : '+'}${concept.name}`),
  );
  for (const quantity of quantities(tokens)) content.add(`#${quantity.values[0] ?? ''}${quantity.unit ?? ''}`);
  content.delete('+patient');
  return content;
}
