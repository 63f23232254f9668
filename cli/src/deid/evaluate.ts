// `cordon deid evaluate`: how well the engine, and whoever stands beside it, meets a gold standard on the same texts.
import { createReadStream } from 'node:fs';
import { CATEGORIES, type DetectOptions, type Engine, goldOf, type Report, Score, type Span } from '@cordon/deid';
import { loadPeers } from '@cordon/deid/peers';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { type Line, linesOf } from './lines.ts';

const Gold = z.object({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  style: z.string().optional(),
  culture: z.string().optional(),
  spans: z.array(z.object({ start: z.int().min(0), end: z.int().min(0), type: z.string() })),
});
type Gold = z.infer<typeof Gold>;

/** Errors: `file_unreadable`, `manifest_invalid` naming the line. */
export async function readGold(path: string): Promise<readonly Gold[]> {
  await readableFile(path);
  const documents: Gold[] = [];
  let number = 0;
  for await (const line of linesOf(createReadStream(path))) {
    number += 1;
    if (typeof line === 'string' && line.trim() === '') continue;
    documents.push(parsed(line, number));
  }
  if (documents.length === 0) throw new Refusal('manifest_invalid', 'no line holds a document');
  return documents;
}

function parsed(line: Line, number: number): Gold {
  try {
    const gold = Gold.parse(JSON.parse(typeof line === 'string' ? line : ''));
    goldOf(gold, TYPES);
    return gold;
  } catch {
    throw new Refusal('manifest_invalid', `line ${number}`);
  }
}

const TYPES: ReadonlySet<string> = new Set(CATEGORIES);

/** What one style of text, or the names of one culture, came to. */
export interface Group {
  readonly by: 'style' | 'culture';
  readonly name: string;
  readonly report: Report;
}

export interface Measured {
  readonly name: string;
  readonly report: Report;
  /** Where the documents say their `style` and `culture`. */
  readonly groups: readonly Group[];
  /** Of text per second of one core, this process alone, 10^6 code units. */
  readonly megabytesPerSecond: number;
}

export interface EvaluateSettings {
  readonly options: DetectOptions;
  readonly peers: boolean;
  /** Everything gold counts, also what Safe Harbor lets stay. */
  readonly all: boolean;
  readonly facilities: boolean;
}

/** The engine first, then the peers that are installed. */
export async function evaluate(
  engine: Engine,
  documents: readonly Gold[],
  settings: EvaluateSettings,
): Promise<readonly Measured[]> {
  const own = measured('cordon', documents, settings, (text) => engine.detect(text, settings.options));
  if (!settings.peers) return [own];
  const peers = await loadPeers();
  return [own, ...[...peers].map(([name, find]) => measured(name, documents, settings, find))];
}

function measured(
  name: string,
  documents: readonly Gold[],
  settings: EvaluateSettings,
  find: (text: string) => readonly Span[],
): Measured {
  const score = new Score();
  const groups = new Groups();
  let [characters, milliseconds] = [0, 0];
  for (const document of documents) {
    const started = performance.now();
    const spans = find(document.text);
    milliseconds += performance.now() - started;
    characters += document.text.length;
    const gold = goldOf(document, TYPES, settings.all).map((span) =>
      !settings.facilities || span.type !== 'FACILITY' ? span : neutral(span),
    );
    score.add(document.text, gold, spans);
    groups.add(document, gold, spans);
  }
  return {
    name,
    report: score.report(),
    groups: groups.reports(),
    megabytesPerSecond: characters / 1000 / Math.max(1e-6, milliseconds),
  };
}

/** Scores by what documents say of themselves, in the order in which they first say it. */
class Groups {
  private readonly scores = new Map<
    string,
    { readonly by: Group['by']; readonly name: string; readonly score: Score }
  >();

  add(document: Gold, gold: ReturnType<typeof goldOf>, spans: readonly Span[]): void {
    for (const by of ['style', 'culture'] as const) {
      const name = document[by];
      if (name === undefined) continue;
      const key = `${by} ${name}`;
      const group = this.scores.get(key) ?? { by, name, score: new Score() };
      this.scores.set(key, group);
      const names = by === 'style' ? gold : gold.map((span) => (span.type === 'NAME' ? span : neutral(span)));
      group.score.add(document.text, names, spans);
    }
  }

  reports(): readonly Group[] {
    return [...this.scores.values()]
      .map(({ by, name, score }) => ({ by, name, report: score.report() }))
      .toSorted((a, b) => b.by.localeCompare(a.by) || a.name.localeCompare(b.name));
  }
}

function neutral<T extends object>(span: T): T & { readonly type: 'neutral' } {
  return { ...span, type: 'neutral' };
}
