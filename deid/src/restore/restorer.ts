// Answers back to what was said: one restorer reads one stream of text, whatever the pieces it comes in.
import { DeidError } from '../error.ts';
import { partsOf, type ReplacementMap } from '../replace/placeholder.ts';
import type { RestoreForm, Restorer } from './forms.ts';
import { PlaceholderRestorer } from './placeholders.ts';
import { SurrogateRestorer } from './surrogates.ts';

/** UTF-16 code units that a restorer holds back at most. */
export const MAX_HOLD_BACK = 128;

/** One restorer for one stream of text: a choice, or the arguments of one tool call. Errors: `DeidError` (`map`). */
export function createRestorer(map: ReplacementMap, form: RestoreForm): Restorer {
  const tokens = new Map<string, string>();
  let placeholders = 0;
  for (const { token, value } of map.entries) {
    if (token === '' || (tokens.get(token) ?? value) !== value) throw new DeidError('map');
    tokens.set(token, value);
    if (partsOf(token) !== null) placeholders += 1;
  }
  if (placeholders === map.entries.length) return new PlaceholderRestorer(map.entries, form === 'json');
  if (placeholders > 0) throw new DeidError('map');
  return new SurrogateRestorer(map.entries, form === 'json');
}
