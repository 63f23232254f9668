// Spoken units to the way clinicians write them. Units whose abbreviations are error-prone stay words (ISMP list: never "U", "µg", "cc").

const MASS_AND_VOLUME: Readonly<Record<string, string>> = {
  milligram: 'mg',
  microgram: 'mcg',
  gram: 'g',
  kilogram: 'kg',
  milliliter: 'mL',
  deciliter: 'dL',
  liter: 'L',
  milliequivalent: 'mEq',
  millimole: 'mmol',
  millimeter: 'mm',
  centimeter: 'cm',
  // as engines that learnt British spelling write them
  milligramme: 'mg',
  microgramme: 'mcg',
  gramme: 'g',
  kilogramme: 'kg',
  millilitre: 'mL',
  decilitre: 'dL',
  litre: 'L',
  millimetre: 'mm',
  centimetre: 'cm',
};

/** Said after a number, these make it a measurement although they stay as they are. */
const PLAIN: ReadonlySet<string> = new Set([
  'unit',
  'units',
  'tablet',
  'tablets',
  'capsule',
  'capsules',
  'puff',
  'puffs',
  'drop',
  'drops',
  'pound',
  'pounds',
  'inch',
  'inches',
  'beats',
  'breaths',
  'degrees',
  'pills',
  'kilos',
  'milliseconds',
  'lozenge',
  'lozenges',
  'suppository',
  'suppositories',
  'patch',
  'patches',
  'spray',
  'sprays',
]);

/** Whole things that are taken by the piece: nobody has a hundred of them or two and a half in figures. */
const PIECES: ReadonlySet<string> = new Set(
  'tablet tablets capsule capsules puff puffs drop drops pill pills lozenge lozenges suppository suppositories patch patches spray sprays'.split(
    ' ',
  ),
);

const DENOMINATORS: Readonly<Record<string, string>> = {
  ...MASS_AND_VOLUME,
  kilo: 'kg',
  hour: 'hour',
  minute: 'minute',
  day: 'day',
};

const DOSES: ReadonlySet<string> = new Set(['mg', 'mcg', 'g', 'mL', 'mEq']);

export interface WrittenUnit {
  readonly text: string;
  /** Index after the last word that belongs to it. */
  readonly end: number;
  /** Written right after the number, without a space: "98%". */
  readonly attached: boolean;
}

/** The unit that begins at `start`, or null. */
export function parseUnit(words: readonly string[], start: number): WrittenUnit | null {
  const word = words[start];
  if (word === undefined) return null;
  if (word === 'percent') return { text: '%', end: start + 1, attached: true };
  if (word === 'per' && words[start + 1] === 'cent') return { text: '%', end: start + 2, attached: true };
  if (word === 'degrees') return degrees(words, start);
  if (singular(word) === 'millimeter' && words[start + 1] === 'of' && words[start + 2] === 'mercury') {
    return { text: 'mmHg', end: start + 3, attached: false };
  }
  const symbol = MASS_AND_VOLUME[singular(word)];
  if (symbol !== undefined) return withDenominator(words, start, symbol);
  return PLAIN.has(word) ? { text: word, end: start + 1, attached: false } : null;
}

/** Whether the unit is one that doses are given in: only then does "point five" begin a number. */
export function isDoseUnit(word: string | undefined): boolean {
  return word !== undefined && MASS_AND_VOLUME[singular(word)] !== undefined;
}

export function isPiece(unit: WrittenUnit): boolean {
  return PIECES.has(unit.text);
}

/** Whether an amount in this unit is one that is given: "1,000 mg" with its comma and "1 mg", never "1.0 mg" (ISMP). */
export function isDose(unit: WrittenUnit): boolean {
  return unit.text === 'units' || unit.text === 'unit' || DOSES.has(unit.text);
}

function degrees(words: readonly string[], start: number): WrittenUnit {
  const scale = words[start + 1];
  if (scale === 'fahrenheit') return { text: '°F', end: start + 2, attached: false };
  if (scale === 'celsius' || scale === 'centigrade') return { text: '°C', end: start + 2, attached: false };
  return { text: 'degrees', end: start + 1, attached: false };
}

function withDenominator(words: readonly string[], start: number, symbol: string): WrittenUnit {
  const below = words[start + 1] === 'per' ? DENOMINATORS[singular(words[start + 2] ?? '')] : undefined;
  if (below === undefined) return { text: symbol, end: start + 1, attached: false };
  return { text: `${symbol}/${below}`, end: start + 3, attached: false };
}

function singular(word: string): string {
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
