import { isProblem } from '@cordon/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecords } from './csv.ts';
import { readTerms } from './import.ts';

async function* bytesOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
}

const csv = (text: string) => readTerms('csv', bytesOf(text));
const linesOf = async (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    () => 'read',
    (error: unknown) => (isProblem(error) ? [error.code, error.details['lines'] ?? null] : error),
  );

describe('a CSV list', () => {
  it('is read with quotes, several spoken forms, any order of columns, with and without a byte order mark', async () => {
    const text =
      'kind,term,weight,spoken\r\ndrug,Epogen,1.5,epo gen|e po gen\r\nperson,"Okonkwo, Ada",,"ada okonkwo"\r\n,"St. ""Mary""",,\r\n';
    const terms = [
      { term: 'Epogen', spoken: ['epo gen', 'e po gen'], kind: 'drug', weight: 1.5 },
      { term: 'Okonkwo, Ada', spoken: ['ada okonkwo'], kind: 'person' },
      { term: 'St. "Mary"', kind: 'other' },
    ];
    expect((await csv(text)).terms).toEqual(terms);
    expect((await csv(`\ufeff${text}`)).terms).toEqual(terms);
    expect((await readTerms('csv', bytesOf(...text.split('')))).terms).toEqual(terms);
    expect((await csv('term\nLasix')).terms).toEqual([{ term: 'Lasix', kind: 'other' }]);
  });

  it('is refused whole, with every bad line by its number and no word of it', async () => {
    const text = [
      'term,spoken,kind,weight',
      'Epogen,,drug,1',
      ',,drug,',
      'Jane Canary,,patient,',
      '"open,,drug,',
      'Lasix,l4six,drug,',
      'Coreg,,drug,9',
      'a,b,other,1,surplus',
      '"two\nlines",,other,',
    ].join('\n');
    expect(await linesOf(csv(text))).toEqual([
      'vocabulary_invalid',
      ['3 term', '4 kind', '5 quote', '6 spoken', '7 weight', '8 too_many_fields', '9 term'],
    ]);
  });

  it.each([
    ['', '1 header_missing'],
    ['name,kind\nx,drug', '1 header_unknown_column'],
    ['kind\ndrug', '1 header_without_term'],
    ['term,term\na,b', '1 header_column_twice'],
    ['{"terms": []}', '1 quote'],
  ])('says what is wrong with the header of %j', async (text, line) => {
    expect(await linesOf(csv(text))).toEqual(['vocabulary_invalid', [line]]);
  });

  it('names the lines that are no UTF-8', async () => {
    const latin = Buffer.from('term\nCaf\xe9\nLasix\nNa\xefve\n', 'latin1');
    expect(await linesOf(readTerms('csv', bytesOf(latin)))).toEqual([
      'vocabulary_invalid',
      ['2 encoding', '4 encoding'],
    ]);
  });

  it('bounds what it holds: bytes, bad lines, terms', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'a');
    const endless = (async function* () {
      for (;;) yield await Promise.resolve(chunk);
    })();
    expect(await linesOf(readTerms('csv', endless))).toEqual(['payload_too_large', null]);
    const bad = (await linesOf(csv(`term,kind\n${'x,y\n'.repeat(100_000)}`))) as [string, string[]];
    expect([bad[0], bad[1].length]).toEqual(['vocabulary_invalid', 100]);
    const many = Array.from({ length: 50_001 }, (_, index) => `term${String(index)}`).join('\n');
    expect(await linesOf(csv(`term\n${many}`))).toEqual(['vocabulary_invalid', ['50002 too_many_terms']]);
  });

  it('is not slowed down by quotes that are never closed', () => {
    const began = performance.now();
    for (const text of [
      '"a\n'.repeat(300_000),
      '"'.repeat(1_000_001),
      `"${'x""'.repeat(300_000)}`,
      ','.repeat(1_000_000),
    ])
      expect([...csvRecords(text)].length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('reads back what RFC 4180 writes', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const written = rows
          .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect([...csvRecords(written)].map((record) => record.fields)).toEqual(rows);
      }),
    );
  });
});

describe('RXNCONSO.RRF', () => {
  const row = (name: string, type = 'IN', source = 'RXNORM', language = 'ENG', suppressed = 'N'): string =>
    `1|${language}||||||1|1|1||${source}|${type}|1|${name}||${suppressed}|4096|`;

  it('gives the ingredients and brands in use, in English, of RxNorm itself', async () => {
    const text = [
      row('epoetin alfa'),
      row('Epogen', 'BN'),
      row('lithium carbonate', 'PIN'),
      row('epoetin alfa 2000 UNT/ML', 'SCD'),
      row('Epogen', 'BN', 'MTHSPL'),
      row('époétine', 'IN', 'RXNORM', 'FRE'),
      row('withdrawn', 'IN', 'RXNORM', 'ENG', 'O'),
      row('x'.repeat(400)),
    ].join('\n');
    const read = await readTerms('rxnorm', bytesOf(`${text}\n`));
    expect(read.terms.map(({ term }) => term)).toEqual(['epoetin alfa', 'Epogen', 'lithium carbonate']);
    expect(read.terms.every(({ kind }) => kind === 'drug')).toBe(true);
    expect(read.skipped).toBe(5);
  });

  it('is read across any cuts, with CRLF and without a last line end', async () => {
    const text = `${row('insulin')}\r\n${row('Lasix', 'BN')}`;
    const bytes = Buffer.from(text);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const read = await readTerms('rxnorm', bytesOf(bytes.subarray(0, cut), bytes.subarray(cut)));
      expect(read.terms.map(({ term }) => term)).toEqual(['insulin', 'Lasix']);
    }
  });

  it('names lines that are none, and stops reading another file', async () => {
    expect(await linesOf(readTerms('rxnorm', bytesOf(`${row('a drug')}\nterm,kind\n`)))).toEqual([
      'vocabulary_invalid',
      ['2 fields'],
    ]);
    expect(await linesOf(readTerms('rxnorm', bytesOf('')))).toEqual(['vocabulary_invalid', ['1 empty']]);
    let sent = 0;
    const endless = (async function* () {
      for (;;) yield ((sent++, await Promise.resolve(Buffer.from('x\n'.repeat(1000)))));
    })();
    await linesOf(readTerms('rxnorm', endless));
    expect(sent).toBeLessThan(5);
  });

  it('gives up on a line that does not end', async () => {
    const long = (async function* () {
      for (let index = 0; index < 200; index += 1) yield await Promise.resolve(Buffer.alloc(1024 * 1024, 'a'));
    })();
    expect(await linesOf(readTerms('rxnorm', long))).toEqual(['vocabulary_invalid', ['1 encoding']]);
  });
});
