// Everything that a JSON text says, for the second look: it reads what leaves, not what somebody thought would leave.
import { API_WORDS } from './request-places.ts';
import { literalsOf, isJsonText } from './json-text.ts';

/** Digits from which a number may be somebody's. */
const LEAST_DIGITS = 5;

/** JSON in strings of JSON: deeper, a string is read as it stands alone. */
const MAX_LEVELS = 4;

/** Strings, names and longer numbers but the API's own words, each once; of JSON in a string what stands in it. `model` at the top is exchanged by the adapter. */
export function saidIn(text: string): readonly string[] {
  const said = new Set<string>();
  collect(text, said, 0);
  said.delete('');
  return [...said];
}

function collect(text: string, said: Set<string>, level: number): void {
  const ground = {
    root: [] as readonly string[],
    member: (place: readonly string[], name: string) => [...place.slice(0, 1), name],
    item: (place: readonly string[]) => place,
  };
  for (const { kind, value, place } of literalsOf(text, ground)) {
    if (level === 0 && place.length === 1 && place[0] === 'model') continue;
    if (kind === 'string' && level < MAX_LEVELS && isJsonText(value)) collect(value, said, level + 1);
    else if (kind === 'number' ? value.length >= LEAST_DIGITS : !API_WORDS.has(value)) said.add(value);
  }
}
