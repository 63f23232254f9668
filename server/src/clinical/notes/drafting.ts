// A transcript becomes a verified draft: extracted, each sentence checked against what it cites, omissions listed.
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { omissions } from '#clinical/verification/omissions.ts';
import { verifySentence } from '#clinical/verification/verify.ts';
import { ProblemError } from '@cordon/contract';
import type { Draft, DraftSection, DraftSentence } from './draft.ts';
import { EXTRACTIVE_DRAFTER, extract } from './extractive.ts';
import type { NoteTemplate } from './templates.ts';

/**
 * The extractive draft. The same transcript and template give the same draft, byte for byte. Sentences the verifier
 * finds unsupported or contradicted do not enter it. Throws `draft_empty` when nothing was said that a note can hold.
 */
export function draftNote(transcript: Transcript, template: NoteTemplate): Draft {
  let count = 0;
  const sections = extract(transcript, template).map((section): DraftSection => {
    const sentences = section.sentences.flatMap(({ text, citations }): DraftSentence[] => {
      const { verdict, reasons } = verifySentence({ text, source: 'transcript', citations }, transcript);
      if (verdict === 'unsupported' || verdict === 'contradicted') return [];
      count += 1;
      return [{ id: `s${String(count)}`, text, source: 'transcript', verdict, reasons, citations }];
    });
    return { ...section, sentences };
  });
  if (count === 0) throw new ProblemError('draft_empty');
  const texts = sections.flatMap((section) => section.sentences.map((sentence) => sentence.text));
  return { template: template.id, drafter: EXTRACTIVE_DRAFTER, sections, omissions: omissions(transcript, texts) };
}
