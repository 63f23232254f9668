// Units and the things that are measured: what a number in a clinical sentence is bound to.
import type { Token } from './tokens.ts';

const UNITS = new Map<string, string>(
  Object.entries({
    mg: 'mg milligram milligrams mgs',
    mcg: 'mcg microgram micrograms ug',
    g: 'g gram grams gm',
    kg: 'kg kilogram kilograms kilo kilos',
    mL: 'ml milliliter milliliters millilitre millilitres cc ccs',
    L: 'l liter liters litre litres',
    unit: 'unit units iu',
    mEq: 'meq milliequivalent milliequivalents',
    '%': '% percent',
    second: 'sec secs seconds',
    minute: 'min mins minute minutes',
    hour: 'hr hrs hour hours',
    day: 'day days',
    week: 'week weeks wk wks',
    month: 'month months',
    year: 'year years yr yrs',
    times: 'time times',
    degree: 'degree degrees',
    lb: 'lb lbs pound pounds',
    oz: 'ounce ounces oz',
    in: 'inch inches',
    ft: 'foot feet',
    cm: 'cm centimeter centimeters centimetre centimetres',
    mm: 'mm millimeter millimeters millimetre millimetres',
    tablet: 'tablet tablets tab tabs pill pills capsule capsules',
    puff: 'puff puffs',
    drop: 'drops',
    pack: 'pack packs',
    drink: 'drink drinks beer beers glass glasses',
    cigarette: 'cigarette cigarettes',
    mile: 'mile miles',
    block: 'block blocks',
    mmHg: 'mmhg',
    bpm: 'bpm',
  }).flatMap(([unit, words]) => words.split(' ').map((word): [string, string] => [word, unit])),
);

/** The unit that begins at token `i`, and where it ends; "year old" is the unit `age`. */
export function unitAt(tokens: readonly Token[], i: number): { unit: string; to: number } | null {
  const unit = UNITS.get(tokens[i]?.norm ?? '');
  if (unit === undefined) return null;
  if (unit === 'year' && tokens[i + 1]?.norm === 'old') return { unit: 'age', to: i + 2 };
  if (unit === 'month' && tokens[i + 1]?.norm === 'old') return { unit: 'age-months', to: i + 2 };
  return { unit, to: i + 1 };
}

const ATTRIBUTES = new Map<string, string>(
  Object.entries({
    a1c: 'a1c hba1c',
    hemoglobin: 'hemoglobin haemoglobin hgb',
    hematocrit: 'hematocrit hct',
    creatinine: 'creatinine',
    egfr: 'gfr egfr',
    glucose: 'glucose sugar sugars',
    cholesterol: 'cholesterol',
    ldl: 'ldl',
    hdl: 'hdl',
    triglycerides: 'triglyceride triglycerides',
    potassium: 'potassium',
    sodium: 'sodium',
    tsh: 'tsh',
    psa: 'psa',
    inr: 'inr',
    wbc: 'wbc',
    platelets: 'platelet platelets',
    'blood-pressure': 'pressure pressures bp',
    pulse: 'pulse hr heartrate',
    temperature: 'temperature temp fever',
    saturation: 'saturation sat sats oximetry o2 spo2 oxygen',
    respiration: 'respiratory respirations rr',
    weight: 'weight weigh weighs weighed',
    height: 'height tall',
    bmi: 'bmi',
    ejection: 'fraction ef',
    strength: 'strength',
    murmur: 'murmur',
    pain: 'pain scale',
    stage: 'stage',
    grade: 'grade',
    type: 'type',
  }).flatMap(([name, words]) => words.split(' ').map((word): [string, string] => [word, name])),
);

/** How far before (or, for "eight on the pain scale", after) its number an attribute may stand, in tokens. */
const REACH_BEFORE = 7;
const REACH_AFTER = 3;

/** What the number at tokens [from, to) measures: the nearest attribute word before it, else right after it. */
export function attributeBefore(tokens: readonly Token[], from: number, to: number): string | null {
  for (let i = from - 1; i >= Math.max(0, from - REACH_BEFORE); i -= 1) {
    const norm = tokens[i]?.norm ?? '';
    const name = ATTRIBUTES.get(norm);
    if (name !== undefined) return name;
    if (/^\d/u.test(norm)) break;
  }
  for (let i = to; i < Math.min(tokens.length, to + REACH_AFTER); i += 1) {
    const name = ATTRIBUTES.get(tokens[i]?.norm ?? '');
    if (name !== undefined) return name;
  }
  return null;
}

const DAYS = new Map([
  ['day', 1],
  ['week', 7],
]);
const MINUTES = new Map([
  ['minute', 1],
  ['hour', 60],
]);
const MONTHS = new Map([
  ['month', 1],
  ['year', 12],
]);

/** Whether two values with units say the same: 1 week is 7 days, 1.5 years are 18 months, 1 g is 1000 mg. */
export function sameAmount(a: string, unitA: string | null, b: string, unitB: string | null): boolean {
  if (unitA === unitB || unitA === null || unitB === null) return a === b;
  for (const scale of [DAYS, MONTHS, MINUTES]) {
    const [left, right] = [scale.get(unitA), scale.get(unitB)];
    if (left !== undefined && right !== undefined) return Number(a) * left === Number(b) * right;
  }
  if (unitA === 'g' && unitB === 'mg') return Number(a) * 1000 === Number(b);
  if (unitA === 'mg' && unitB === 'g') return Number(a) === Number(b) * 1000;
  return a === b && looselySame(unitA, unitB);
}

// A year counted and an age in years are written alike ("he is 59 years"), and so are a strength and the tablet that has it.
function looselySame(a: string, b: string): boolean {
  const pair = [a, b].toSorted((x, y) => x.localeCompare(y, 'en')).join(' ');
  return pair === 'age year' || pair === 'age-months month' || pair === '% degree' || pair === 'mg unit';
}
