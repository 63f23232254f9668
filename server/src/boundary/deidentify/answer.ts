// Answers with the tokens turned back: whole ones, and streams event by event. Each text of an answer (a choice's content, a call's
// arguments) has a restorer of its own, because tokens are cut anywhere; what one holds back goes on before its text is ended.
import { createRestorer, type ReplacementMap, type RestoreForm, type Restorer } from '@cordon/deid';
import { ProblemError } from '@cordon/contract';
import { edited, literalsOf, type Edit } from './json-text.ts';

/** Counts alone: they stand in the ledger's public header. */
export interface Restored {
  readonly restored: number;
  /** Tokens that the model changed: left as they are. */
  readonly bent: number;
  /** Tokens of our form that nobody was given. */
  readonly unknown: number;
}

export const NOTHING_RESTORED: Restored = { restored: 0, bent: 0, unknown: 0 };

export function sumOf(counts: readonly Restored[]): Restored {
  return counts.reduce((sum, each) => {
    return {
      restored: sum.restored + each.restored,
      bent: sum.bent + each.bent,
      unknown: sum.unknown + each.unknown,
    };
  }, NOTHING_RESTORED);
}

/** How the texts of an answer are written. */
export class AnswerTexts {
  readonly #map: ReplacementMap;
  readonly #contentIsJson: boolean;

  /** `contentIsJson`: the request asks for JSON, so values go into it escaped. */
  constructor(map: ReplacementMap, contentIsJson: boolean) {
    this.#map = map;
    this.#contentIsJson = contentIsJson;
  }

  /** `name`: of the member that the text is in. */
  restorerFor(name: string): Restorer {
    return createRestorer(this.#map, this.#formOf(name));
  }

  /** Errors: `restore_incomplete`. */
  whole(text: string, name: string): { readonly text: string; readonly count: Restored } {
    const restorer = this.restorerFor(name);
    const restored = restorer.push(text) + restorer.end();
    mustBeWhole(restorer);
    return { text: restored, count: countOf(restorer) };
  }

  #formOf(name: string): RestoreForm {
    if (name === 'arguments') return 'json';
    return this.#contentIsJson && (name === 'content' || name === 'text') ? 'json' : 'text';
  }
}

/** Errors: `restore_incomplete` where a part of a stand-in is left: it would be taken for what it stands for. */
export function mustBeWhole({ report }: Restorer): void {
  if (report.leftover > 0) throw new ProblemError('restore_incomplete');
}

export function countOf({ report: { restored, bent, unknown } }: Restorer): Restored {
  return { restored, bent, unknown };
}

/** Members that say what something is; what a model writes stands in none of them. */
export const FIXED: ReadonlySet<string> = new Set(['id', 'object', 'model', 'role', 'type', 'call_id', 'item_id']);

/** A whole answer: all strings are read, whatever members a vendor adds; all other bytes stay. Errors: `restore_incomplete`, SyntaxError. */
export function restoreWhole(text: string, texts: AnswerTexts): { readonly text: string; readonly count: Restored } {
  const edits: Edit[] = [];
  const counts: Restored[] = [];
  const ground = { root: '', member: (_above: string, name: string) => name, item: (name: string) => name };
  for (const { kind, start, end, value, place } of literalsOf(text, ground)) {
    if (kind !== 'string' || FIXED.has(place)) continue;
    const made = texts.whole(value, place);
    counts.push(made.count);
    if (made.text !== value) edits.push({ start, end, put: JSON.stringify(made.text) });
  }
  return { text: edited(text, edits), count: sumOf(counts) };
}
