// Which terms of a vocabulary sound like what was heard. Built once per list, asked for many spans. No I/O.
import { setImmediate as breathe } from 'node:timers/promises';
import { likeness, skeletonOf, soundsOf, weightOf, type Sounds } from './sounds.ts';
import { spokenForms, type Term } from './terms.ts';

export interface Match {
  readonly term: Term;
  /** 0 to 1. */
  readonly score: number;
  /** Exactly a form that the tenant says the term is spoken in. */
  readonly exact: boolean;
}

export interface Matcher {
  /** The terms nearest in sound, best first, at least as near as `least`. */
  near(heard: string, least: number): readonly Match[];
}

interface Form {
  readonly term: Term;
  readonly form: string;
  readonly sounds: Sounds;
  readonly weight: number;
}

/** Sound of less than about four letters is in too many words. */
const LEAST_WEIGHT = 2.4;

/** Forms compared in full for one span: those that share most pairs of consonants. Terms further down are far in sound. */
const MOST_COMPARED = 60;

/** Share of a span's pairs of consonants that a form must have. */
const LEAST_SHARED = 0.3;

/** Matches given for one span: the best and its doubles. */
const MOST_MATCHES = 4;

/** Terms taken at one go; requests are served in between. A list of 24,000 takes a quarter of a second. */
const GO = 1_000;

export async function createMatcher(terms: readonly Term[]): Promise<Matcher> {
  const forms: Form[] = [];
  for (let at = 0; at < terms.length; at += GO) {
    const some = terms.slice(at, at + GO).flatMap((term) => spokenForms(term).map((form) => formOf(term, form)));
    forms.push(...some.filter(({ weight }) => weight >= LEAST_WEIGHT));
    await breathe();
  }
  const index = indexed(forms);
  const spoken = new Map<string, Term>();
  for (const term of terms) for (const form of term.spoken ?? []) spoken.set(form, term);
  return {
    near(heard, least) {
      const said = spoken.get(heard);
      if (said !== undefined) return [{ term: said, score: 1, exact: true }];
      const sounds = soundsOf(heard);
      const weight = weightOf(sounds);
      if (weight < LEAST_WEIGHT) return [];
      const matches = new Map<Term, Match>();
      for (const form of likeliest(index, sounds, weight, least)) {
        const score = likeness(sounds, form.sounds);
        if (score >= least && score > (matches.get(form.term)?.score ?? 0))
          matches.set(form.term, { term: form.term, score, exact: false });
      }
      return [...matches.values()].toSorted((a, b) => b.score - a.score).slice(0, MOST_MATCHES);
    },
  };
}

function formOf(term: Term, form: string): Form {
  const sounds = soundsOf(form);
  return { term, form, sounds, weight: weightOf(sounds) };
}

interface Index {
  readonly forms: readonly Form[];
  /** Pair of consonants → places in `forms`, ascending. */
  readonly byPair: ReadonlyMap<string, readonly number[]>;
}

function indexed(forms: readonly Form[]): Index {
  const byPair = new Map<string, number[]>();
  for (const [place, { sounds }] of forms.entries()) {
    for (const pair of pairsOf(sounds)) {
      const list = byPair.get(pair);
      if (list === undefined) byPair.set(pair, [place]);
      else list.push(place);
    }
  }
  return { forms, byPair };
}

/** Forms of about the span's length that share pairs of consonants with it, those with most first. */
function likeliest({ forms, byPair }: Index, sounds: Sounds, weight: number, least: number): readonly Form[] {
  const pairs = pairsOf(sounds);
  const shared = new Uint8Array(forms.length);
  const touched: number[] = [];
  for (const pair of pairs) {
    for (const place of byPair.get(pair) ?? []) {
      if (shared[place] === 0) touched.push(place);
      shared[place] = (shared[place] ?? 0) + 1;
    }
  }
  const enough = pairs.size * LEAST_SHARED;
  return touched
    .filter((place) => {
      const other = forms[place]?.weight ?? 0;
      // The distance is at least the difference in length: what is too long or short cannot be near enough.
      return (shared[place] ?? 0) >= enough && Math.min(other, weight) >= least * Math.max(other, weight);
    })
    .toSorted((a, b) => (shared[b] ?? 0) - (shared[a] ?? 0))
    .slice(0, MOST_COMPARED)
    .flatMap((place) => forms[place] ?? []);
}

/** Neighbouring consonants, and the first and last alone: one misheard consonant leaves some of them standing. */
function pairsOf(sounds: Sounds): ReadonlySet<string> {
  const bones = `^${skeletonOf(sounds)}$`;
  return new Set(Array.from({ length: bones.length - 1 }, (_, at) => bones.slice(at, at + 2)));
}
