import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '#failure.ts';
import { readManifest } from './manifest.ts';
import { clipFigures, evaluate, measureClip } from './measures.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-manifest-'));
  for (const name of ['a.wav', 'b.wav']) writeFileSync(join(directory, name), 'RIFF');
});
afterAll(() => rmSync(directory, { recursive: true }));

async function refused(text: string): Promise<unknown> {
  const path = join(directory, 'manifest.json');
  writeFileSync(path, text);
  return readManifest(path).then(
    (clips) => clips,
    (error: unknown) => (error instanceof Refusal ? [error.code, ...error.particulars] : error),
  );
}

describe('a manifest', () => {
  test('takes further members, files beside it, `kind` for `condition`, and a byte order mark', async () => {
    const text = `\ufeff[{"id": 1, "file": "a.wav", "text": "one", "kind": "read", "licence": "x"},
      {"file": "${join(directory, 'b.wav')}", "text": "two [ \\" ]", "terms": ["two"]}]`;
    expect(await refused(text)).toEqual([
      { file: 'a.wav', path: join(directory, 'a.wav'), text: 'one', condition: 'read', terms: null },
      {
        file: join(directory, 'b.wav'),
        path: join(directory, 'b.wav'),
        text: 'two [ " ]',
        condition: 'all recordings',
        terms: ['two'],
      },
    ]);
  });

  test('is refused with the lines of all entries that are wrong', async () => {
    const text = `[
  {"file": "a.wav", "text": "one"},
  {"file": "a.wav"},
  "a.wav",

  { "text": "x",
    "file": 7 }
]`;
    expect(await refused(text)).toEqual([
      'manifest_invalid',
      'line 3: entry 2: `text` is missing or of another form',
      'line 4: entry 3: an object is needed',
      'line 6: entry 4: `file` is missing or of another form',
    ]);
  });

  test.each([
    ['[\n{"file": "a.wav"},\n{"file": }\n]', 'line 3: no JSON from here'],
    ['[\n{"file": "a.wav", "text": "x"}\n', 'line 3: no JSON from here'],
    ['[\n1,\n2\n3]', 'line 4: no JSON from here'],
    ['nothing', 'line 1: no JSON from here'],
    ['[\n"a\n"]', 'line 2: no JSON from here'],
    ['{"file": "a.wav", "text": "x"}', 'line 1: a JSON array of recordings is needed'],
    ['[]', 'line 1: a JSON array of recordings is needed'],
  ])('%j is refused', async (text, words) => {
    expect(await refused(text)).toEqual(['manifest_invalid', words]);
  });

  test('is refused with the lines whose files are missing, before anything is sent', async () => {
    const text = '[{"file": "a.wav", "text": ""},\n{"file": "none.wav", "text": ""},\n{"file": ".", "text": ""}]';
    const faults = (await refused(text)) as string[];
    expect(faults).toHaveLength(3);
    expect(faults[0]).toBe('file_unreadable');
    expect(faults[1]).toMatch(/^line 2: .*none\.wav: no such file$/);
    expect(faults[2]).toMatch(/^line 3: .*: not a regular file$/);
  });
});

describe('figures', () => {
  const clip = (text: string, condition: string, terms: readonly string[] | null = null) => ({
    file: 'x.wav',
    path: '/x.wav',
    text,
    condition,
    terms,
  });
  const heard = (spokenText: string, duration = 10, realTimeFactor = 0.1) => ({ spokenText, duration, realTimeFactor });
  const results = [
    measureClip(clip('He takes Epogen, ten units.', 'visit'), heard('he takes epigen ten units'), [
      ['Epogen'],
      ['A1c', 'a one c'],
    ]),
    measureClip(clip('a one c is high', 'visit'), heard('a one c is', 30, 0.5), [['Epogen'], ['A1c', 'a one c']]),
    measureClip(clip('one two', 'read', ['two']), heard('one one two'), [['Epogen']]),
  ];

  test('stand per condition and over all: kinds of errors, terms, time weighted by length', () => {
    const { conditions, all } = evaluate(results);
    expect(conditions.map(({ condition }) => condition)).toEqual(['visit', 'read']);
    expect(conditions[0]).toMatchObject({ clips: 2, words: 10, substitutions: 1, insertions: 0, deletions: 1 });
    expect(conditions[0]).toMatchObject({ wordErrorRate: 0.2, terms: { said: 2, heard: 1 }, realTimeFactor: 0.4 });
    expect(conditions[1]).toMatchObject({ clips: 1, interval: null, insertions: 1, terms: { said: 1, heard: 1 } });
    expect(all).toMatchObject({ clips: 3, words: 12, wordErrorRate: 0.25, terms: { said: 3, heard: 2 } });
    const [low, high] = all.interval ?? [1, 0];
    expect(low).toBeLessThan(0.25);
    expect(high).toBeGreaterThan(0.25);
  });

  test('of one recording hold no word of it', () => {
    const figures = clipFigures(results[0] ?? expect.fail());
    expect(figures).toMatchObject({ file: 'x.wav', words: 5, wordErrorRate: 0.2 });
    expect(JSON.stringify(figures)).not.toMatch(/epogen|epigen/i);
    expect(clipFigures(measureClip(clip('', 'x'), heard('noise'), [])).wordErrorRate).toBeNull();
  });
});
