import { isProblem } from '@cordon/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Phi } from '#kernel/phi.ts';
import { transactionBundle } from './bundle.ts';
import { sampleNote, sentence } from './note.samples.ts';
import type { NoteRecord, SignedNote } from './signed-note.ts';
import { bundleFaults } from './validate.ts';

const sentences = fc.array(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }),
    text: fc.string({ unit: 'binary', maxLength: 200 }),
    source: fc.constantFrom('transcript', 'context', 'accepted-normal', 'clinician-added'),
    writtenBy: fc.constantFrom('machine', 'clinician'),
    verdict: fc.constantFrom('supported', 'weak', 'unsupported', 'contradicted', null),
    statement: fc.option(fc.string({ maxLength: 40, unit: 'binary' })),
    citations: fc.array(
      fc.record({
        start: fc.double({ min: 0, max: 1e5, noNaN: true }),
        end: fc.double({ min: 0, max: 1e5, noNaN: true }),
      }),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 8 },
);

const notes: fc.Arbitrary<NoteRecord> = fc
  .record({
    state: fc.constantFrom('in_review', 'signed', 'amended', 'rejected'),
    demo: fc.boolean(),
    members: sentences,
  })
  .map(({ state, demo, members }) =>
    sampleNote({
      state,
      demo,
      sections: [{ title: 'Plan', sentences: members.map(({ id, text, ...rest }) => sentence(id, text, rest)) }],
    }),
  );

/** The rule in other words: signed, real, not empty, cited, and answered for. */
function mayBeFiled(note: NoteRecord): boolean {
  const all = note.sections.flatMap((section) => [...section.sentences]);
  const machine = all.filter(({ writtenBy }) => writtenBy === 'machine');
  const answered = machine.filter(({ verdict }) => verdict === 'unsupported' || verdict === 'contradicted');
  return (
    (note.state === 'signed' || note.state === 'amended') &&
    !note.demo &&
    all.length > 0 &&
    machine.every(({ citations }) => citations.length > 0) &&
    answered.every(({ statement }) => statement !== null && statement.trim() !== '')
  );
}

describe('I7 no unsigned, demonstration or uncited text reaches FHIR', () => {
  it('builds a sound bundle of what may be filed and of nothing else, whatever the type says', () => {
    fc.assert(
      fc.property(notes, (note) => {
        const outcome = attempt(note);
        expect(outcome).toBe(mayBeFiled(note) ? 'built' : 'refused');
      }),
      { numRuns: 2_000 },
    );
  });

  it('tries both kinds', () => {
    const drawn = fc.sample(notes, { numRuns: 2_000, seed: 7 }).map(mayBeFiled);
    expect(new Set(drawn)).toEqual(new Set([true, false]));
  });
});

function attempt(note: NoteRecord): string {
  try {
    const bundle = transactionBundle(Phi.of(note as SignedNote)).reveal();
    return bundleFaults(bundle).length === 0 ? 'built' : 'unsound';
  } catch (error) {
    const refusals = ['demo_note', 'review_incomplete', 'sentence_uncited'];
    return isProblem(error) && refusals.includes(error.code) ? 'refused' : 'failed';
  }
}
