import { isProblem } from '@cordon/contract';
import { describe, expect, test } from 'vitest';
import { applyActions, type ReviewAction } from './actions.ts';
import { diffText } from './diff.ts';
import { ATTESTATION, clinician, DRAFT, NOW, tools } from './review.fixture.ts';
import {
  currentVersion,
  openAmendment,
  openReview,
  openSentences,
  rejectReview,
  supersede,
  type Actor,
  type Review,
} from './review.ts';
import { checkFileable, checkSignable, oneSignature, REAUTHENTICATION_MS, sign, type SigningRules } from './signing.ts';
import { DEMO_WATERMARK, DRAFT_WATERMARK, noteText } from './text.ts';
import { digestOf } from './version.ts';

const RULES: SigningRules = { attestationText: ATTESTATION, complete: oneSignature };
const ADA = clinician('ada');
const BEN = clinician('ben');

function opened(demo = false): Review {
  return openReview({ id: 'n1', encounter: 'e1', demo }, DRAFT, ADA, NOW, tools.digest);
}

function act(review: Review, actions: ReviewAction[], actor: Actor = ADA): Review {
  return applyActions(review, actions, currentVersion(review).number, actor, NOW, tools);
}

const RESOLVING: ReviewAction[] = [
  { kind: 'accept', sentence: 's2' },
  { kind: 'accept', sentence: 's3', statement: 'Seen by me at the bedside.' },
  { kind: 'reject', sentence: 's4', reason: 'misheard' },
  { kind: 'edit', sentence: 's5', text: 'Return in two weeks.' },
];

function signing(review: Review) {
  return { versionSeen: currentVersion(review).digest, attestation: ATTESTATION };
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (isProblem(error)) return error.code;
    throw error;
  }
  return 'no problem';
}

describe('actions', () => {
  test('a new review has every flagged sentence open', () => {
    expect(openSentences(opened())).toEqual(['s2', 's3', 's4', 's5']);
  });

  test('every act makes a version, and every version is kept as it was', () => {
    const first = opened();
    const second = act(first, RESOLVING);
    expect(second.versions.map(({ number }) => number)).toEqual([1, 2]);
    expect(second.versions[0]).toBe(first.versions[0]);
    expect(second.versions[1]?.digest).not.toBe(first.versions[0].digest);
    expect(openSentences(second)).toEqual([]);
  });

  test('an edit keeps source and citations when the citation bears it out, and names its author', () => {
    const edited = currentVersion(act(opened(), [{ kind: 'edit', sentence: 's2', text: 'Sentence s2, put better.' }]))
      .sections[0]?.sentences[1];
    expect(edited).toMatchObject({
      source: 'transcript',
      writtenBy: 'machine',
      verdict: 'supported',
      resolution: 'edited',
      authors: ['ada'],
    });
    expect(edited?.citations).toHaveLength(1);
  });

  test('an edit away from its citation becomes clinician-added and stays flagged until stated', () => {
    const review = act(opened(), [{ kind: 'edit', sentence: 's1', text: 'Quite wrong.' }]);
    const edited = currentVersion(review).sections[0]?.sentences[0];
    expect(edited).toMatchObject({ source: 'clinician-added', verdict: 'contradicted' });
    expect(openSentences(review)).toContain('s1');
    expect(
      openSentences(act(review, [{ kind: 'accept', sentence: 's1', statement: 'I examined this myself.' }])),
    ).not.toContain('s1');
  });

  test('an edit records what changed, by whom and when', () => {
    const review = act(opened(), [{ kind: 'edit', sentence: 's1', text: 'Sentence s1, longer.', reason: 'clarity' }]);
    expect(currentVersion(review).changes[0]).toEqual({
      kind: 'edit',
      sentence: 's1',
      by: 'ada',
      at: NOW.toISOString(),
      reason: 'clarity',
      diff: [
        { kind: 'same', text: 'Sentence ' },
        { kind: 'removed', text: 's1.' },
        { kind: 'added', text: 's1, longer.' },
      ],
    });
  });

  test('an added sentence stands where asked and is a clinician’s', () => {
    const review = act(opened(), [
      { kind: 'add', section: 'subjective', after: 's1', text: 'Lungs clear.', source: 'accepted-normal' },
    ]);
    const sentences = currentVersion(review).sections[0]?.sentences ?? [];
    expect(sentences.map(({ id }) => id)).toEqual(['s1', 'v2-1', 's2', 's3']);
    expect(sentences[1]).toMatchObject({
      source: 'accepted-normal',
      writtenBy: 'clinician',
      verdict: null,
      authors: ['ada'],
    });
  });

  test('accepting a rejected sentence restores it', () => {
    const review = act(act(opened(), [{ kind: 'reject', sentence: 's2' }]), [{ kind: 'accept', sentence: 's2' }]);
    expect(currentVersion(review).sections[0]?.sentences[1]?.resolution).toBe('accepted');
  });

  test.each<[string, ReviewAction[], Actor, string]>([
    ['a key', RESOLVING, { kind: 'key' }, 'person_required'],
    ['a person without rights', RESOLVING, { ...ADA, mayReview: false }, 'not_permitted'],
    ['an accept that needs a statement', [{ kind: 'accept', sentence: 's3' }], ADA, 'invalid_request'],
    ['a statement of white space', [{ kind: 'accept', sentence: 's3', statement: '  ' }], ADA, 'invalid_request'],
    [
      'a statement by no clinician',
      [{ kind: 'accept', sentence: 's3', statement: 'x' }],
      { ...ADA, clinician: false },
      'not_permitted',
    ],
    [
      'an accept of an uncited machine sentence',
      [{ kind: 'accept', sentence: 's5', statement: 'x' }],
      ADA,
      'sentence_uncited',
    ],
    ['an unknown sentence', [{ kind: 'accept', sentence: 's9' }], ADA, 'invalid_request'],
    ['an unknown section', [{ kind: 'add', section: 'none', text: 'x' }], ADA, 'invalid_request'],
    ['an unknown place', [{ kind: 'add', section: 'plan', after: 's1', text: 'x' }], ADA, 'invalid_request'],
    ['an empty edit', [{ kind: 'edit', sentence: 's1', text: ' ' }], ADA, 'invalid_request'],
    ['an edit that changes nothing', [{ kind: 'edit', sentence: 's1', text: 'Sentence s1.' }], ADA, 'invalid_request'],
    ['text without bytes', [{ kind: 'edit', sentence: 's1', text: '\uD800' }], ADA, 'invalid_request'],
    ['no action', [], ADA, 'invalid_request'],
  ])('%s is refused', (_name, actions, actor, code) => {
    expect(codeOf(() => act(opened(), actions, actor))).toBe(code);
  });

  test('acting on a version that is no longer current is refused', () => {
    const review = act(opened(), [{ kind: 'accept', sentence: 's2' }]);
    expect(codeOf(() => applyActions(review, RESOLVING, 1, ADA, NOW, tools))).toBe('version_mismatch');
  });
});

describe('signing', () => {
  const ready = act(opened(), RESOLVING);

  test('a reviewed version is signed by its reader', () => {
    const signed = sign(ready, signing(ready), ADA, NOW, RULES);
    expect(signed.state).toBe('signed');
    expect(signed.signatures).toEqual([
      { by: 'ada', at: NOW.toISOString(), version: 2, digest: currentVersion(ready).digest, attestation: ATTESTATION },
    ]);
  });

  const late = new Date(NOW.getTime() - REAUTHENTICATION_MS - 1);
  const ahead = new Date(NOW.getTime() + 1);
  test.each<[string, Actor, string]>([
    ['an API key', { kind: 'key' }, 'person_required'],
    ['no clinician', { ...ADA, clinician: false }, 'not_permitted'],
    ['no rights on the encounter', { ...ADA, mayReview: false }, 'not_permitted'],
    ['never re-authenticated', clinician('ada', null), 'reauthentication_required'],
    ['re-authenticated too long ago', clinician('ada', late), 'reauthentication_required'],
    ['re-authenticated in the future', clinician('ada', ahead), 'reauthentication_required'],
    ['another person, on whose word s3 does not stand', BEN, 'review_incomplete'],
  ])('%s cannot sign', (_name, actor, code) => {
    expect(codeOf(() => sign(ready, signing(ready), actor, NOW, RULES))).toBe(code);
  });

  test('re-authentication holds exactly five minutes', () => {
    const edge = new Date(NOW.getTime() - REAUTHENTICATION_MS);
    expect(checkSignable(ready, signing(ready), clinician('ada', edge), NOW, RULES).id).toBe('ada');
  });

  test('only the version seen can be signed', () => {
    expect(
      codeOf(() => sign(ready, { versionSeen: ready.versions[0].digest, attestation: ATTESTATION }, ADA, NOW, RULES)),
    ).toBe('version_not_seen');
  });

  test('another attestation is refused', () => {
    expect(codeOf(() => sign(ready, { ...signing(ready), attestation: 'ok' }, ADA, NOW, RULES))).toBe(
      'invalid_request',
    );
  });

  test('an untouched draft names every open sentence, the uncited one first', () => {
    const fresh = opened();
    expect(codeOf(() => sign(fresh, signing(fresh), ADA, NOW, RULES))).toBe('sentence_uncited');
    const cited = act(fresh, [{ kind: 'reject', sentence: 's5' }]);
    expect(() => sign(cited, signing(cited), ADA, NOW, RULES)).toThrow(
      expect.objectContaining({ code: 'review_incomplete', details: { sentences: ['s2', 's3', 's4'] } }),
    );
  });

  test('a note of which nothing stands cannot be signed', () => {
    const empty = act(
      opened(),
      ['s1', 's2', 's3', 's4', 's5'].map((sentence) => ({ kind: 'reject', sentence })),
    );
    expect(codeOf(() => sign(empty, signing(empty), ADA, NOW, RULES))).toBe('review_incomplete');
  });

  test('a signed note takes no more acts and no second signature', () => {
    const signed = sign(ready, signing(ready), ADA, NOW, RULES);
    expect(codeOf(() => act(signed, [{ kind: 'reject', sentence: 's1' }]))).toBe('already_signed');
    expect(codeOf(() => sign(signed, signing(signed), ADA, NOW, RULES))).toBe('already_signed');
    expect(codeOf(() => rejectReview(signed, 'late', ADA, NOW))).toBe('already_signed');
  });

  test('a co-sign rule wants a second person on the same version; an act in between undoes the first', () => {
    const two: SigningRules = {
      attestationText: ATTESTATION,
      complete: (_review, signatures) => signatures.length === 2,
    };
    const once = sign(ready, signing(ready), ADA, NOW, two);
    expect(once.state).toBe('in_review');
    expect(codeOf(() => sign(once, signing(once), ADA, NOW, two))).toBe('second_person_required');
    expect(sign(once, signing(once), BEN, NOW, two).state).toBe('signed');
    expect(act(once, [{ kind: 'accept', sentence: 's1' }]).signatures).toEqual([]);
  });
});

describe('the rest of the life of a note', () => {
  const ready = act(opened(), RESOLVING);
  const signed = sign(ready, signing(ready), ADA, NOW, RULES);

  test('an amendment starts from the signed text, wants its own statements, and supersedes once signed', () => {
    const amendment = openAmendment(signed, 'n2', 'a dose was wrong', BEN, NOW, tools.digest);
    expect(openSentences(amendment)).toEqual(['s3']);
    expect(currentVersion(amendment).sections[1]?.sentences.map(({ id }) => id)).toEqual(['s5']);
    const done = act(amendment, [{ kind: 'accept', sentence: 's3', statement: 'Asked again.' }], BEN);
    const amended = sign(done, signing(done), BEN, NOW, RULES);
    expect(supersede(signed, amended)).toMatchObject({ state: 'amended', amendedBy: 'n2' });
    expect(codeOf(() => supersede(signed, done))).toBe('conflict');
    expect(codeOf(() => supersede({ ...signed, id: 'n9' }, amended))).toBe('conflict');
  });

  test('only a signed note can be amended', () => {
    expect(codeOf(() => openAmendment(ready, 'n2', 'x', ADA, NOW, tools.digest))).toBe('conflict');
  });

  test('a rejected note stays rejected', () => {
    const rejected = rejectReview(ready, 'wrong patient', ADA, NOW);
    expect(codeOf(() => act(rejected, RESOLVING))).toBe('conflict');
    expect(codeOf(() => sign(rejected, signing(rejected), ADA, NOW, RULES))).toBe('conflict');
  });

  test('a demonstration note is watermarked and never fileable; an unsigned one says so', () => {
    const demo = act(opened(true), RESOLVING);
    expect(noteText(demo)).toContain(DRAFT_WATERMARK);
    const done = sign(demo, signing(demo), ADA, NOW, RULES);
    expect(noteText(done).split(DEMO_WATERMARK)).toHaveLength(3);
    expect(codeOf(() => checkFileable(done))).toBe('demo_note');
    expect(codeOf(() => checkFileable(ready))).toBe('review_incomplete');
    expect(codeOf(() => checkFileable(signed))).toBe('no problem');
    expect(noteText(signed)).not.toMatch(/DEMONSTRATION|DRAFT|Sentence s4/u);
  });

  test('the digest is the vector of docs/formats/note-version.md', () => {
    const about = { id: 'n1', encounter: 'e1', template: 'soap', demo: false, amends: null };
    const sections = [{ id: 'plan', title: 'Plan', sentences: [] }];
    const vector = 'bdb79568cdfa27d82f069339b6d542a152a2cf88f4a4768a308020f58286c555';
    expect(digestOf(about, { number: 1, sections }, tools.digest)).toBe(vector);
  });

  test('the digest is keyed: another key gives another digest of the same note', () => {
    const other = openReview(
      { id: 'n1', encounter: 'e1', demo: false },
      DRAFT,
      ADA,
      NOW,
      (bytes) => `other-${String(bytes.length)}`,
    );
    expect(currentVersion(other).digest).not.toBe(currentVersion(opened()).digest);
  });
});

describe('diff', () => {
  test('long texts are one replacement', () => {
    const [before, after] = ['a '.repeat(2_000), 'b'];
    expect(diffText(before, after)).toEqual([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ]);
  });
});
