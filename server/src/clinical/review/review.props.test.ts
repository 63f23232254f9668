// No sequence of acts leads to a signed note that must not exist.
import { isProblem } from '@cordon/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyActions, type ReviewAction } from './actions.ts';
import { diffText } from './diff.ts';
import { ATTESTATION, clinician, DRAFT, NOW, tools } from './review.fixture.ts';
import {
  currentVersion,
  isFlagged,
  needsStatement,
  openReview,
  rejectReview,
  type Actor,
  type Review,
} from './review.ts';
import { oneSignature, sign } from './signing.ts';

const ids = fc.constantFrom('s1', 's2', 's3', 's4', 's5', 'v2-1', 'v3-1');
const text = fc.constantFrom('Sentence s2 anew.', 'Quite wrong.', 'Something else.', ' ', 'Sentence s1.');
const action: fc.Arbitrary<ReviewAction> = fc.oneof(
  fc.record({ kind: fc.constant('accept' as const), sentence: ids }),
  fc.record({ kind: fc.constant('accept' as const), sentence: ids, statement: fc.constantFrom('I stand by it.', '') }),
  fc.record({ kind: fc.constant('edit' as const), sentence: ids, text }),
  fc.record({ kind: fc.constant('reject' as const), sentence: ids }),
  fc.record({ kind: fc.constant('add' as const), section: fc.constantFrom('subjective', 'plan', 'none'), text }),
);
const actor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(clinician('ada'), clinician('ben')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Actor>(
      { kind: 'key' },
      { ...clinician('cyd'), clinician: false },
      { ...clinician('dov'), mayReview: false },
    ),
  },
);
type Step =
  | { readonly do: 'act'; readonly actor: Actor; readonly actions: ReviewAction[] }
  | { readonly do: 'sign'; readonly actor: Actor; readonly seen: number }
  | { readonly do: 'reject'; readonly actor: Actor };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      actor,
      actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('sign' as const), actor, seen: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reject' as const), actor }) },
);

interface Outcome {
  readonly review: Review;
  /** The digest handed in by whoever signed. */
  readonly seen: string | null;
}

function take(before: Outcome, next: Step): Outcome {
  const { review } = before;
  try {
    switch (next.do) {
      case 'act':
        return {
          ...before,
          review: applyActions(review, next.actions, currentVersion(review).number, next.actor, NOW, tools),
        };
      case 'sign': {
        const seen = review.versions.at(-1 - next.seen)?.digest ?? 'none';
        const rules = { attestationText: ATTESTATION, complete: oneSignature };
        return { review: sign(review, { versionSeen: seen, attestation: ATTESTATION }, next.actor, NOW, rules), seen };
      }
      case 'reject':
        return { ...before, review: rejectReview(review, 'no', next.actor, NOW) };
    }
  } catch (error) {
    if (!isProblem(error)) throw error;
    return before;
  }
}

function run(steps: readonly Step[]): Outcome {
  const review = openReview({ id: 'n1', encounter: 'e1', demo: false }, DRAFT, clinician('ada'), NOW, tools.digest);
  return steps.reduce<Outcome>(take, { review, seen: null });
}

// A prefix that often makes the note signable, so that signed notes are really reached.
const RESOLVE: Step = {
  do: 'act',
  actor: clinician('ada'),
  actions: [
    { kind: 'accept', sentence: 's2' },
    { kind: 'accept', sentence: 's3', statement: 'Mine.' },
    { kind: 'reject', sentence: 's4' },
    { kind: 'edit', sentence: 's5', text: 'Own words.' },
  ],
};
const steps = fc
  .tuple(fc.boolean(), fc.array(step, { maxLength: 12 }))
  .map(([ready, list]) => (ready ? [RESOLVE, ...list] : list));

test('a signed note has no uncited machine sentence, no unresolved flag, no unstated fault, and is the version seen', () => {
  let signed = 0;
  fc.assert(
    fc.property(steps, (list) => {
      const { review, seen } = run(list);
      if (review.state !== 'signed') return;
      signed += 1;
      const version = currentVersion(review);
      const signature = review.signatures.at(-1);
      expect([signature?.digest, signature?.version]).toEqual([seen, version.number]);
      expect(version.digest).toBe(seen);
      expect(['ada', 'ben']).toContain(signature?.by);
      const standing = version.sections
        .flatMap((section) => section.sentences)
        .filter(({ resolution }) => resolution !== 'rejected');
      expect(standing.length).toBeGreaterThan(0);
      for (const sentence of standing) {
        expect(sentence.writtenBy === 'machine' && sentence.citations.length === 0).toBe(false);
        expect(isFlagged(sentence) && sentence.resolution === 'open').toBe(false);
        expect(needsStatement(sentence) && sentence.statement?.by !== signature?.by).toBe(false);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(signed).toBeGreaterThan(100);
});

test('versions are only ever added, numbered from 1 without a gap, and their digests differ', () => {
  fc.assert(
    fc.property(steps, (list) => {
      let state: Outcome = run([]);
      for (const next of list) {
        const after = take(state, next);
        expect(after.review.versions.slice(0, state.review.versions.length)).toEqual(state.review.versions);
        state = after;
      }
      const { versions } = state.review;
      expect(versions.map(({ number }) => number)).toEqual(versions.map((_, i) => i + 1));
      expect(new Set(versions.map(({ digest }) => digest)).size).toBe(versions.length);
    }),
    { numRuns: 300 },
  );
});

test('a diff gives back both texts', () => {
  const words = fc
    .array(fc.constantFrom('a', 'b', ' ', '  ', 'cough', '10 mg', '.'), { maxLength: 30 })
    .map((list) => list.join(''));
  fc.assert(
    fc.property(words, words, (before, after) => {
      const changes = diffText(before, after);
      const join = (dropped: string): string =>
        changes.flatMap(({ kind, text }) => (kind === dropped ? [] : [text])).join('');
      expect([join('added'), join('removed')]).toEqual([before, after]);
    }),
  );
});
