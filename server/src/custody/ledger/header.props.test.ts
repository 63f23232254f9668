import { encodeEntry, parseEntry } from '@cordon/proofs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newId, newTenantId } from '#kernel/ids.ts';
import { createHeaderCompiler } from './header.ts';
import type { HeaderMembers } from './header.ts';

const tenant = newTenantId();
const headers = createHeaderCompiler(newId());
const log = headers.log(tenant);

const token = fc.stringMatching(/^[!#-[\]-~]{1,40}$/);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    token,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
})).object as fc.Arbitrary<HeaderMembers['detail']>;
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const members: fc.Arbitrary<HeaderMembers> = fc.record(
  {
    actor: fc.record({ id: token, type: fc.constantFrom('key', 'person', 'system') }),
    body: fc.record({ bytes: fc.nat(), digest }),
    detail: value.map((extra) => ({ ...extra, what: 'something' })),
    facts: digest,
    id: fc.uuid(),
    kind: fc.constant('access.read' as const),
    log: fc.constant(log),
    objects: fc.array(
      fc.record({ id: fc.uuid(), type: fc.constantFrom('note', 'call-log'), version: fc.integer({ min: 1 }) }),
      {
        maxLength: 3,
      },
    ),
  },
  { requiredKeys: ['actor', 'detail', 'id', 'kind', 'log', 'objects'] },
);
const place = fc.record({
  epoch: fc.nat({ max: 999_999 }),
  index: fc.maxSafeNat(),
  time: fc
    .date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
});

it('gives the bytes that the format gives, at any place', () => {
  fc.assert(
    fc.property(members, place, (header, at) => {
      expect(headers.compile(tenant, header)(at)).toEqual(Buffer.from(encodeEntry({ ...header, ...at, v: 1 })));
    }),
  );
});

it('lets no string out of its quotes: a header says what it was given, or is refused', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', '","type":"person"},"detail":{', '\u0000', ' '),
      (text, trick) => {
        const wanted = {
          actor: { id: `${text}${trick}`, type: 'system' },
          detail: { what: 'x' },
          id: newId(),
          kind: 'access.read',
          log,
          objects: [],
        } as const;
        let bytes: Buffer;
        try {
          bytes = headers.compile(tenant, wanted)({ epoch: 0, index: 0, time: '2026-01-01T00:00:00.000Z' });
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request' });
          return;
        }
        expect(parseEntry(bytes)).toMatchObject({ actor: wanted.actor, detail: wanted.detail });
      },
    ),
    { numRuns: 500 },
  );
});

it('refuses what is no header: floats, sentences, other logs, missing members of a kind', () => {
  const right = {
    actor: { id: 'a', type: 'system' },
    detail: { what: 'x' },
    id: newId(),
    kind: 'access.read',
    log,
    objects: [],
  } as const;
  const at = { epoch: 0, index: 0, time: '2026-01-01T00:00:00.000Z' };
  expect(headers.compile(tenant, right)(at).length).toBeGreaterThan(0);
  const wrong: HeaderMembers[] = [
    { ...right, detail: { what: 'x', share: 0.5 } },
    { ...right, detail: { what: 'a sentence' } },
    { ...right, detail: {} },
    { ...right, log: headers.log(newTenantId()) },
    { ...right, id: 'none' },
  ];
  for (const header of wrong) expect(() => headers.compile(tenant, header)).toThrow();
});
