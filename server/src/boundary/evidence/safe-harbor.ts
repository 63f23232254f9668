// The eighteen identifiers of 45 CFR 164.514(b)(2)(i), letter by letter: which of the engine's categories stand for each, what is done, and
// what is known to fail. The last is ours to keep true: a limit that is found is written here (docs/operate/de-identification.md §6).
import type { DeidProfile, DirectIdentifier } from '@cordon/contract';
import type { Category } from '@cordon/deid';

interface Identifier {
  readonly letter: string;
  readonly identifier: string;
  readonly categories: readonly Category[];
  /** Null: nothing beyond what was measured is known. */
  readonly fails: string | null;
  /** Of the sixteen of 164.514(e)(2); null: a limited data set may keep it. */
  readonly direct: DirectIdentifier | null;
}

export const IDENTIFIERS: readonly Identifier[] = [
  {
    letter: 'A',
    identifier: 'Names, of relatives, employers and household members too',
    categories: ['NAME', 'FACILITY'],
    fails:
      'A name that is also a common word, in lower case and alone; nicknames that no list knows; two slips in one word of a known name.',
    direct: 'names',
  },
  {
    letter: 'B',
    identifier: 'Geography smaller than a State',
    categories: ['LOCATION', 'FACILITY'],
    fails:
      'Places that are described and not named (“the farm behind the mill”); small places that no list knows, without a word that tells of a place.',
    direct: 'postal-address',
  },
  {
    letter: 'C',
    identifier: 'Dates other than the year; ages over 89',
    categories: ['DATE', 'AGE'],
    fails: 'Days that are told by an event (“the day after the election”); clock times that stand alone stay.',
    direct: null,
  },
  { letter: 'D', identifier: 'Telephone numbers', categories: ['PHONE'], fails: null, direct: 'telephone' },
  { letter: 'E', identifier: 'Fax numbers', categories: ['FAX', 'PHONE'], fails: null, direct: 'fax' },
  { letter: 'F', identifier: 'E-mail addresses', categories: ['EMAIL'], fails: null, direct: 'email' },
  { letter: 'G', identifier: 'Social security numbers', categories: ['SSN'], fails: null, direct: 'ssn' },
  {
    letter: 'H',
    identifier: 'Medical record numbers',
    categories: ['MRN'],
    fails: 'A short number without a word that says what it is, unless it was handed in as known.',
    direct: 'mrn',
  },
  {
    letter: 'I',
    identifier: 'Health plan beneficiary numbers',
    categories: ['HEALTH_PLAN'],
    fails: 'As H.',
    direct: 'health-plan',
  },
  { letter: 'J', identifier: 'Account numbers', categories: ['ACCOUNT'], fails: 'As H.', direct: 'account' },
  {
    letter: 'K',
    identifier: 'Certificate and licence numbers',
    categories: ['LICENSE'],
    fails: 'As H.',
    direct: 'license',
  },
  {
    letter: 'L',
    identifier: 'Vehicle identifiers and serial numbers, licence plates',
    categories: ['VEHICLE'],
    fails: 'A plate without a word that says so.',
    direct: 'vehicle',
  },
  {
    letter: 'M',
    identifier: 'Device identifiers and serial numbers',
    categories: ['DEVICE'],
    fails: 'As H.',
    direct: 'device',
  },
  { letter: 'N', identifier: 'Web addresses', categories: ['URL'], fails: null, direct: 'url' },
  { letter: 'O', identifier: 'IP addresses', categories: ['IP'], fails: null, direct: 'ip' },
  {
    letter: 'P',
    identifier: 'Biometric identifiers, finger and voice prints',
    categories: ['BIOMETRIC'],
    fails: 'Text alone is de-identified: a recording stays identified, whatever was cut out of it.',
    direct: 'biometric',
  },
  {
    letter: 'Q',
    identifier: 'Full-face photographs and comparable images',
    categories: ['PHOTO'],
    fails: 'Text alone is de-identified: an image is never sent under this method.',
    direct: 'photo',
  },
  {
    letter: 'R',
    identifier: 'Any other unique identifying number, characteristic or code',
    categories: ['OTHER_ID'],
    fails:
      'Characteristics that make somebody unique without a number: an office held, a rare disease in a small town. A person’s review looks for them.',
    direct: null,
  },
];

/** What the profile does with the identifiers of a letter. */
export function doneWith(letter: string, { mode, keeping }: DeidProfile): string {
  const how = MODES[mode];
  switch (letter) {
    case 'B':
      return `${how}${keeping.states ? '; a State alone stays' : ''}; of a ZIP code at most three digits, 000 where 20,000 people or fewer live.`;
    case 'C':
      return `${how}${keeping.years ? '; a year alone stays, unless it tells an age over 89' : ''}${keeping.agesUnder90 ? '; ages to 89 stay' : ''}.`;
    case 'A':
      return `${how}; names of facilities and employers ${keeping.facilities ? 'stay' : 'go too'}.`;
    default:
      return `${how}.`;
  }
}

const MODES: Readonly<Record<DeidProfile['mode'], string>> = {
  placeholder: 'Replaced by a random token that stands for nothing outside this installation (164.514(c))',
  surrogate: 'Replaced by an invented value, random and not derived from the original (164.514(c))',
  redact: 'Replaced by the name of its category',
  generalise: 'Replaced by what is coarse enough to stay, else by the name of its category',
};

/** Of the method as a whole. */
export const LIMITS: readonly string[] = [
  'Recall was measured on the named sample. Texts of another kind, another specialty or another language are found less well until they are measured.',
  'What a text says of a person without an identifier can still be combined with other knowledge; the statement under 164.514(b)(2)(ii) is about this, and the risk measurement of an expert’s determination puts a figure to it.',
  'Text alone is covered: recordings and images are never sent under a method record.',
  'A model’s answer is restored inside this installation; what a person writes elsewhere from it is no longer covered.',
];
