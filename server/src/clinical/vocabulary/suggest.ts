// The port between a transcription and its tenant's vocabulary: what was heard in, candidates beside it out.
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import type { TenantId } from '#kernel/ids.ts';
import { corrections } from './corrections.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { readVocabulary } from './vocabulary.ts';

/** The transcript with candidates and the vocabulary's version; as it was where the tenant has no terms. Words are never changed. */
export type SuggestTerms = (tenant: TenantId, transcript: Transcript) => Promise<Transcript>;

/** Matchers kept: one per tenant that transcribes at about the same time. The largest has about 50 MB. */
const MOST_KEPT = 4;

/** Errors: those of `readVocabulary`. */
export function createSuggestions(parts: Pick<ClinicalParts, 'store' | 'keys'>): SuggestTerms {
  const kept = new Map<string, Promise<Matcher>>();
  return async (tenant, transcript) => {
    const { version, terms } = await readVocabulary(parts, tenant);
    if (terms.length === 0) return transcript;
    const matcher = await remembered(kept, `${tenant} ${String(version)}`, () => createMatcher(terms));
    return { ...transcript, vocabularyVersion: version, candidates: await corrections(transcript, matcher) };
  };
}

/** The most lately used stay. */
function remembered<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return value;
}
