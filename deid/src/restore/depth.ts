// How deep in JSON a place is: tool calls hold JSON text whose strings may hold JSON text again, and a value that is put there has to
// be escaped once for each string around it.

const MAX_DEPTH = 8; // strings within strings; deeper ones double the text each time and are read as prose
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What the text of one level is taken for: not known until its first characters are read. */
type Kind = 'unknown' | 'brace' | 'bracket' | 'json' | 'prose';

class Level {
  kind: Kind;
  inString = false;
  escape = 0; // 0 none, 1 behind a backslash, 2 to 5 within \uXXXX
  unit = 0;
  constructor(kind: Kind) {
    this.kind = kind;
  }
}

/** Follows JSON text, all of it in order; `depth` is the number of strings around the place reached, at least 1. */
export class JsonDepth {
  private readonly levels: Level[] = [new Level('json')];
  private open = 1; // levels in use

  /** Reads `text` from `from` to `to`. Linear: a character is handed down only while a string within it is JSON. */
  read(text: string, from: number, to: number): void {
    for (let at = from; at < to; at += 1) {
      if (this.isInProse()) {
        while (at < to && !endsRun(text.charCodeAt(at))) at += 1;
        if (at === to) return;
      }
      this.feed(0, text.charCodeAt(at));
    }
  }

  get depth(): number {
    let depth = 0;
    for (let at = 0; at < this.open; at += 1) {
      const level = this.levels[at] as Level;
      if (level.kind !== 'json' || !level.inString) break;
      depth += 1;
    }
    return Math.max(1, depth);
  }

  /** In a string of the outermost text that holds no JSON: nothing but its end is of interest. */
  private isInProse(): boolean {
    const [outer, inner] = this.levels;
    return outer?.inString === true && outer.escape === 0 && (this.open === 1 || inner?.kind === 'prose');
  }

  private feed(index: number, code: number): void {
    const level = this.levels[index] as Level;
    if (level.kind !== 'json') {
      level.kind = sniffed(level.kind, code);
      if (level.kind !== 'json') return;
    }
    if (!level.inString) {
      if (code === QUOTE) this.begin(index);
      return;
    }
    const said = decoded(level, code);
    if (said === END) {
      level.inString = false;
      this.open = index + 1;
    } else if (said >= 0 && index + 1 < this.open) this.feed(index + 1, said);
  }

  private begin(index: number): void {
    (this.levels[index] as Level).inString = true;
    if (index + 1 >= MAX_DEPTH) return;
    this.levels[index + 1] = new Level('unknown');
    this.open = index + 2;
  }
}

const endsRun = (code: number): boolean => code === QUOTE || code === BACKSLASH;

const PENDING = -1;
const END = -2;
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }).map(([from, to]) => [
    from.charCodeAt(0),
    to.charCodeAt(0),
  ]),
);

/** The character that a string's text says here, `PENDING` within an escape, `END` at its closing quote. */
function decoded(level: Level, code: number): number {
  if (level.escape === 0) {
    if (code === QUOTE) return END;
    if (code !== BACKSLASH) return code;
    level.escape = 1;
    return PENDING;
  }
  if (level.escape === 1) {
    level.escape = code === 0x75 ? 2 : 0;
    level.unit = 0;
    return level.escape === 2 ? PENDING : (ESCAPES.get(code) ?? code);
  }
  level.unit = level.unit * 16 + (Number.parseInt(String.fromCharCode(code), 16) || 0);
  level.escape = level.escape === 5 ? 0 : level.escape + 1;
  return level.escape === 0 ? level.unit : PENDING;
}

/** `{` before a quote or `}`, `[` before what an array may begin with; a placeholder's bracket is no array. */
function sniffed(kind: Kind, code: number): Kind {
  if (kind === 'prose' || code === 0x20 || (code >= 0x09 && code <= 0x0d)) return kind;
  if (kind === 'unknown') return code === 0x7b ? 'brace' : code === 0x5b ? 'bracket' : 'prose';
  const next = String.fromCharCode(code);
  if (kind === 'brace') return '"}'.includes(next) ? 'json' : 'prose';
  return '{["-0123456789tfn]'.includes(next) ? 'json' : 'prose';
}

/** `value` as it stands in a string within `depth` strings. */
export function escapedFor(value: string, depth: number): string {
  let text = value;
  for (let times = 0; times < depth; times += 1) text = JSON.stringify(text).slice(1, -1);
  return text;
}
