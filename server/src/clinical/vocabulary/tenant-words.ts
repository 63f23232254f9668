// The port between a transcription and its tenant's vocabulary: what to expect and how names are written before, candidates after.
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import type { TenantId } from '#kernel/ids.ts';
import { corrections } from './corrections.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import type { Term } from './terms.ts';
import { readVocabulary } from './vocabulary.ts';
import { writtenNames } from './written-names.ts';

/** One version of one tenant's list. The same object while that version is used, so that what is made of it can be kept beside it. */
export interface TenantWords {
  /** 0 where there are no terms. */
  readonly version: number;
  readonly terms: readonly Term[];
  /** Lower-case phrase → as it is written. */
  readonly names: ReadonlyMap<string, string>;
  /** The transcript with candidates and the list's version; as it was where there are no terms. Words are never changed. */
  suggest(transcript: Transcript): Promise<Transcript>;
}

/** Of the newest version, or of the one that is named. Errors: those of `readVocabulary`. */
export type WordsOf = (tenant: TenantId, version?: number) => Promise<TenantWords>;

export const NO_WORDS: TenantWords = {
  version: 0,
  terms: [],
  names: new Map(),
  suggest: (transcript) => Promise.resolve(transcript),
};

/** Lists kept: one per tenant that transcribes at about the same time. The largest has about 50 MB. */
const MOST_KEPT = 4;

export function createTenantWords(parts: Pick<ClinicalParts, 'store' | 'keys'>): WordsOf {
  const kept = new Map<string, TenantWords>();
  return async (tenant, asked) => {
    if (asked === NO_WORDS.version) return NO_WORDS;
    const { version, terms } = await readVocabulary(parts, tenant, asked ?? null);
    if (terms.length === 0) return NO_WORDS;
    return remembered(kept, `${tenant} ${String(version)}`, () => wordsOf(version, terms));
  };
}

function wordsOf(version: number, terms: readonly Term[]): TenantWords {
  let matcher: Promise<Matcher> | null = null;
  return {
    version,
    terms,
    names: writtenNames(terms),
    suggest: async (transcript) => {
      matcher ??= createMatcher(terms);
      return { ...transcript, vocabularyVersion: version, candidates: await corrections(transcript, await matcher) };
    },
  };
}

/** The most lately used stay. */
function remembered<T>(kept: Map<string, T>, key: string, make: () => T): T {
  const value = kept.get(key) ?? make();
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return value;
}
