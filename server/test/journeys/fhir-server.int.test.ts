// A real FHIR server process takes the bundle over HTTP: accepted, resolved, found by identifier, not doubled.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Binary, Bundle, Composition, DocumentReference, Provenance, Resource } from '@medplum/fhirtypes';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transactionBundle } from '#clinical/fhir/bundle.ts';
import { sampleNote } from '#clinical/fhir/note.samples.ts';
import { asSignedNote } from '#clinical/fhir/signed-note.ts';
import { Phi } from '#kernel/phi.ts';

const START_LIMIT_MS = 30_000; // indexing the R4 definitions takes about a second, more on a loaded machine

let server: ChildProcess;
let base: string;

beforeAll(async () => {
  server = spawn(process.execPath, [new URL('run-fhir-server.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  base = await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`FHIR server ended with ${code}`)));
    server.stdout?.on('data', (chunk: Buffer) => {
      const port = /ready (\d+)/.exec(chunk.toString())?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
}, START_LIMIT_MS);

afterAll(() => {
  server.kill();
});

describe('a record system', () => {
  // Each test files a version of its own.
  let versionId: string;
  let number = 0;
  beforeEach(() => {
    number += 1;
    versionId = `018f3a5e-7c1d-7b3a-9f00-0000000001${String(number).padStart(2, '0')}`;
  });

  const bundleOf = (changes: Parameters<typeof sampleNote>[0] = {}): Bundle =>
    transactionBundle(Phi.of(asSignedNote(sampleNote({ versionId, ...changes })))).reveal();

  it('accepts the transaction and answers for every entry', async () => {
    const bundle = bundleOf();
    const { status, body } = await transact(bundle);
    expect(status).toBe(200);
    expect(body.type).toBe('transaction-response');
    expect(body.entry).toHaveLength(bundle.entry?.length ?? 0);
    // 201 for a conditional create, 200 for what is put under an id of its own; the consent may be there from before.
    expect(body.entry?.map((entry) => entry.response?.status).filter((code) => !/^20[01]$/.test(code ?? ''))).toEqual(
      [],
    );
  });

  it('finds the note by its version and by the patient’s identifier', async () => {
    await transact(bundleOf({ patient: { system: 'urn:oid:1.2.3', value: `mrn-${number}` } }));
    const byVersion = await search<DocumentReference>(
      `DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`,
    );
    expect(byVersion).toHaveLength(1);
    expect(byVersion[0]).toMatchObject({
      status: 'current',
      docStatus: 'final',
      type: { coding: [{ code: '11506-3' }] },
    });
    expect(
      await search(`DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId.replace(/.$/, 'f')}`),
    ).toEqual([]);
    expect(await search(`Composition?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`)).toHaveLength(1);
  });

  it('resolves what the resources say of each other', async () => {
    await transact(bundleOf());
    const [document] = await search<DocumentReference>(
      `DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`,
    );
    const [structure] = await search<Composition>(`Composition?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`);
    const url = document?.content[0]?.attachment.url ?? '';
    expect(url).toMatch(/^Binary\//);
    const binary = (await send('GET', `/${url}`)).body as Binary;
    expect(Buffer.from(binary.data ?? '', 'base64').toString()).toContain(
      'Reports headaches for 3 days & no <vomiting>.',
    );
    const provenance = await search<Provenance>(`Provenance?target=DocumentReference/${document?.id}`);
    expect(provenance).toHaveLength(1);
    expect(provenance[0]?.target.map(({ reference }) => reference)).toEqual([
      `DocumentReference/${document?.id}`,
      `Composition/${structure?.id}`,
    ]);
    const classes = await search<Provenance>(`Provenance?target=Composition/${structure?.id}`);
    const codes = classes.flatMap((one) => one.activity?.coding?.map(({ code }) => code));
    expect(new Set(codes)).toEqual(new Set(['LA', 'transcript', 'context', 'accepted-normal', 'clinician-added']));
    expect(codes).toHaveLength(5);
  });

  it('keeps one of each when the answer was lost and the bundle is sent again', async () => {
    await transact(bundleOf());
    const once = await counts();
    const again = await transact(bundleOf());
    expect(again.status).toBe(200);
    expect(await counts()).toEqual(once);
  });

  it('would keep two without the condition, so the condition is what counts', async () => {
    const bundle = bundleOf();
    const entry = bundle.entry?.map((one) => {
      const { ifNoneExist: _, ...request } = one.request ?? {};
      return { ...one, request };
    });
    await transact(bundle);
    await transact({ ...bundle, entry });
    expect(await search(`DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`)).toHaveLength(2);
  });

  it('files an amendment beside the version that it replaces', async () => {
    await transact(bundleOf());
    const amendment = versionId.replace('-9f00-', '-9f01-');
    const { status } = await transact(bundleOf({ versionId: amendment, amends: { versionId } }));
    expect(status).toBe(200);
    const [document] = await search<DocumentReference>(
      `DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${amendment}`,
    );
    expect(document).toMatchObject({
      docStatus: 'amended',
      relatesTo: [{ code: 'replaces', target: { identifier: { value: `urn:uuid:${versionId}` } } }],
    });
  });

  it('takes the author and visit that it was matched to', async () => {
    const practitioner = await send('POST', '/Practitioner', { resourceType: 'Practitioner' });
    const resolved = `Practitioner/${practitioner.body.id}`;
    await transact(bundleOf({ signer: { ...sampleNote().signer, resolved } }));
    const [document] = await search<DocumentReference>(`DocumentReference?author=${resolved}`);
    expect(document?.contained?.map(({ resourceType }) => resourceType)).toEqual(['Encounter']);
  });

  // What the server refuses: shows that its acceptance above means something.
  it.each([
    ['a member that FHIR does not know', { invented: true }],
    ['a missing status', { status: undefined }],
    ['a date that is none', { date: 'yesterday' }],
    ['no content', { content: [] }],
  ])('refuses %s', async (_what, change) => {
    const bundle = bundleOf();
    const entry = bundle.entry?.map((one) =>
      one.resource?.resourceType === 'DocumentReference' ? { ...one, resource: { ...one.resource, ...change } } : one,
    );
    const { status, body } = await send('POST', '/', { ...bundle, entry });
    expect(status).toBe(400);
    expect(body.resourceType).toBe('OperationOutcome');
    expect(await search(`DocumentReference?identifier=urn:ietf:rfc:3986|urn:uuid:${versionId}`)).toEqual([]);
  });
});

async function counts(): Promise<number[]> {
  const types = ['Binary', 'DocumentReference', 'Composition', 'Provenance', 'Consent', 'AuditEvent'];
  return Promise.all(types.map(async (type) => (await search(`${type}?_count=1000`)).length));
}

async function send(method: string, path: string, body?: unknown): Promise<{ status: number; body: Resource }> {
  const response = await fetch(base + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/fhir+json' } }),
  });
  return { status: response.status, body: (await response.json()) as Resource };
}

async function transact(bundle: unknown): Promise<{ status: number; body: Bundle }> {
  const { status, body } = await send('POST', '/', bundle);
  return { status, body: body as Bundle };
}

async function search<T extends Resource>(query: string): Promise<T[]> {
  const { status, body } = await send('GET', `/${query}`);
  expect(status).toBe(200);
  return ((body as Bundle<T>).entry ?? []).flatMap((entry) => (entry.resource === undefined ? [] : [entry.resource]));
}
