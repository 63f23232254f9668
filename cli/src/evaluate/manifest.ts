// The list of recordings with what was said in them: a JSON array, read whole and refused with the lines that are wrong.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

export interface Clip {
  /** As the manifest names it. */
  readonly file: string;
  /** Absolute. */
  readonly path: string;
  /** What was said, in words. */
  readonly text: string;
  readonly condition: string;
  /** Terms of this clip alone, or null. */
  readonly terms: readonly string[] | null;
}

/** A corpus of ten thousand utterances has 5 MB. */
const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Lines named in one refusal: enough to see what is wrong with all of them. */
const MOST_FAULTS = 20;

const UNNAMED = 'all recordings';

const Entry = z.looseObject({
  file: z.string().min(1),
  text: z.string(),
  condition: z.string().min(1).optional(),
  kind: z.string().min(1).optional(),
  terms: z.array(z.string().min(1)).optional(),
});

/** Files are looked for beside the manifest, and all of them before anything is sent. Errors: `file_unreadable`, `manifest_invalid`. */
export async function readManifest(path: string): Promise<readonly Clip[]> {
  if ((await readableFile(path)) > MAX_MANIFEST_BYTES)
    throw new Refusal('manifest_invalid', `${brief(path)}: too long`);
  const text = await readFile(path, 'utf8');
  const clips = parseManifest(path, text);
  const faults: string[] = [];
  for (const { clip, line } of clips) {
    const problem = await readableFile(clip.path).then(
      () => null,
      (error: unknown) => (error instanceof Refusal ? (error.particulars[0] ?? clip.file) : clip.file),
    );
    if (problem !== null) faults.push(`line ${line}: ${problem}`);
    if (faults.length === MOST_FAULTS) break;
  }
  if (faults.length > 0) throw new Refusal('file_unreadable', ...faults);
  return clips.map(({ clip }) => clip);
}

interface Listed {
  readonly clip: Clip;
  readonly line: number;
}

function parseManifest(path: string, text: string): readonly Listed[] {
  const entries = parsed(text);
  if (!Array.isArray(entries) || entries.length === 0)
    throw new Refusal('manifest_invalid', 'line 1: a JSON array of recordings is needed');
  const lines = linesOfEntries(text);
  const listed: Listed[] = [];
  const faults: string[] = [];
  for (const [index, entry] of (entries as unknown[]).entries()) {
    const line = lines[index] ?? 1;
    const read = Entry.safeParse(entry);
    if (read.success) listed.push({ clip: clipOf(path, read.data), line });
    else faults.push(`line ${line}: entry ${index + 1}: ${faultOf(read.error)}`);
  }
  if (faults.length > 0) throw new Refusal('manifest_invalid', ...faults.slice(0, MOST_FAULTS));
  return listed;
}

function clipOf(manifest: string, { file, text, condition, kind, terms }: z.infer<typeof Entry>): Clip {
  const path = resolve(dirname(manifest), file);
  return { file, path, text, condition: condition ?? kind ?? UNNAMED, terms: terms ?? null };
}

function faultOf(error: z.ZodError): string {
  const member = error.issues[0]?.path[0];
  return member === undefined ? 'an object is needed' : `\`${String(member)}\` is missing or of another form`;
}

function parsed(text: string): unknown {
  const json = text.replace(/^\ufeff/, '');
  try {
    return JSON.parse(json);
  } catch {
    throw new Refusal('manifest_invalid', `line ${lineAt(json, faultIn(json))}: no JSON from here`);
  }
}

/** Where the text stops being the beginning of JSON: engines tell the place of some faults only, so it is searched for by halves. */
function faultIn(text: string): number {
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return isBeginning(text) ? text.length : good;
}

/** True when only the end is missing. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const place = /at position (\d+)/.exec(message)?.[1];
    return place === undefined
      ? /end of JSON input/.test(message)
      : Number(place) >= text.length || /Unterminated/.test(message);
  }
}

function lineAt(text: string, place: number): number {
  return text.slice(0, place).split('\n').length;
}

/** The line on which each member of the outermost array begins. The text is known to be JSON. */
function linesOfEntries(text: string): readonly number[] {
  const lines: number[] = [];
  let [depth, line, due] = [0, 1, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\n') line += 1;
    if (/\s|\ufeff/.test(character)) continue;
    if (due && character !== ']') {
      lines.push(line);
      due = false;
    }
    if (character === '"') at = endOfString(text, at);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth === 1 && (character === ',' || (character === '[' && lines.length === 0))) due = true;
  }
  return lines;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
