// How a method record stands: what it lacks, whether it holds, what a reader should know. Pure; nobody types the result.
import {
  type Agreement,
  DIRECT_IDENTIFIERS,
  type MethodPart,
  type MethodState,
  type MethodTerms,
} from '@cordon/contract';
import type { MethodRow, MethodWords } from './rows.ts';

/**
 * Lower end of Wilson's interval that measured recall must reach. The law names no figure; below this a sample says too little, or the engine
 * finds too little, for anybody to state that he knows of nothing left. 0.95 asks for 73 identifiers at least, all of them found.
 */
export const LEAST_RECALL = 0.95;

export interface Standing {
  readonly now: Date;
  /** Fingerprint of the engine that runs. */
  readonly running: string;
  /** The data use agreement that a limited data set names; null: there is none of that id. */
  readonly agreement: Pick<Agreement, 'kind' | 'state' | 'parties'> | null;
}

/** In the order in which somebody would see to them. */
export function missingOf(row: MethodRow, words: MethodWords, standing: Standing): MethodPart[] {
  const { terms } = words;
  const lacks = lacksOf(terms, row, words, standing);
  return words.statement === null ? [...lacks, 'statement'] : lacks;
}

function lacksOf(terms: MethodTerms, row: MethodRow, words: MethodWords, standing: Standing): MethodPart[] {
  switch (terms.kind) {
    case 'safe-harbor':
      return [...measurementLacks(words, standing), ...reviewLacks(words, standing)];
    case 'expert-determination':
      return [
        ...(row.document === null ? (['document'] as const) : []),
        ...(words.risk === null ? (['risk'] as const) : []),
        ...(row.fingerprint === standing.running ? [] : (['engine_changed'] as const)),
        ...(Date.parse(terms.expires) <= standing.now.getTime() ? (['expired'] as const) : []),
      ];
    case 'limited-data-set':
      return dataSetLacks(terms, standing);
  }
}

function measurementLacks({ measurement }: MethodWords, { running }: Standing): MethodPart[] {
  if (measurement === null) return ['measurement'];
  if (measurement.fingerprint !== running) return ['measurement_outdated'];
  return measurement.recall.low < LEAST_RECALL ? ['recall_too_low'] : [];
}

function reviewLacks({ review }: MethodWords, { running }: Standing): MethodPart[] {
  if (review === null) return ['review'];
  return review.fingerprint === running ? [] : ['review_outdated'];
}

function dataSetLacks(
  terms: Extract<MethodTerms, { kind: 'limited-data-set' }>,
  { agreement }: Standing,
): MethodPart[] {
  const lacks: MethodPart[] = [];
  if (DIRECT_IDENTIFIERS.some((one) => terms.removed[one] === undefined)) lacks.push('identifiers');
  if (agreement === null || agreement.kind !== 'dua' || agreement.state !== 'in-force') lacks.push('agreement');
  const parties = agreement?.parties ?? [];
  if (!parties.some(({ role, name }) => role === 'recipient' && name === terms.recipient)) lacks.push('recipient');
  return lacks;
}

export function stateOf(row: MethodRow, words: MethodWords, { now, running, agreement }: Standing): MethodState {
  if (row.ended !== null) return row.ended.reason === ENGINE_CHANGED ? 'engine-changed' : 'revoked';
  if (row.effective === null) return 'draft';
  if (row.expires !== null && Date.parse(row.expires) <= now.getTime()) return 'expired';
  if (words.terms.kind === 'limited-data-set') return agreement?.state === 'in-force' ? 'in-force' : 'agreement-ended';
  return row.fingerprint === running ? 'in-force' : 'engine-changed';
}

/** Why upkeep ends a record; as the ledger says it. */
export const ENGINE_CHANGED = 'engine_changed';
