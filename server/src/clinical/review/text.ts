// A note as plain text, for reading, copying and older record systems.
import { currentVersion, type Review } from './review.ts';

/** Stands first and last on every demonstration note. */
export const DEMO_WATERMARK = 'DEMONSTRATION - NOT A MEDICAL RECORD';
/** Stands first on whatever is not signed. */
export const DRAFT_WATERMARK = 'DRAFT - NOT SIGNED';

/** Sections with their standing sentences, one a line; rejected ones are left out, empty sections say so. */
export function noteText(review: Review): string {
  const unsigned = review.state === 'in_review' || review.state === 'rejected';
  const marks = [...(review.demo ? [DEMO_WATERMARK] : []), ...(unsigned ? [DRAFT_WATERMARK] : [])];
  const body = currentVersion(review).sections.map((section) => {
    const lines = section.sentences.filter(({ resolution }) => resolution !== 'rejected').map(({ text }) => text);
    return [section.title.toUpperCase(), ...(lines.length === 0 ? ['(nothing recorded)'] : lines)].join('\n');
  });
  return `${[...marks, ...body, ...(review.demo ? [DEMO_WATERMARK] : [])].join('\n\n')}\n`;
}
