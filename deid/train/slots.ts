// The cast and the numbers of one document, by the slots that templates name.
import type { Category } from '../src/span.ts';
import { filler } from './clinic.ts';
import * as codes from './codes.ts';
import { type Piece, plain, type Slots } from './document.ts';
import type { Lists } from './lists.ts';
import { listed, person, type Person, written } from './people.ts';
import { address, city, cityAndState, county, employer, facility, streetName } from './places.ts';
import type { Chance } from './random.ts';

/** `spoken`: numbers in words, as a recogniser of speech may write them. */
export interface Cast {
  readonly chance: Chance;
  readonly lists: Lists;
  readonly spoken: boolean;
  readonly patient: Person;
  readonly doctor: Person;
  readonly relative: Person;
  readonly facility: string;
  readonly city: string;
}

export function castOf(chance: Chance, lists: Lists, spoken = false): Cast {
  return {
    chance,
    lists,
    spoken,
    patient: person(chance, lists),
    doctor: person(chance, lists),
    relative: person(chance, lists),
    facility: facility(chance, lists),
    city: city(chance, lists),
  };
}

const one = (type: Category, text: string): readonly Piece[] => [{ text, type }];

/** Slots of a cast: capital ones identify, the others are `filler`'s. */
export function slotsOf(cast: Cast): Slots {
  return (slot) => {
    const found = people(cast, slot) ?? places(cast, slot) ?? numbers(cast, slot);
    return found ?? [plain(filler(cast.chance, cast.lists, slot))];
  };
}

const HONORIFICS = ['Mr.', 'Mrs.', 'Ms.', 'Miss', 'Mr', 'Mrs', 'Ms'];

function people(cast: Cast, slot: string): readonly Piece[] | null {
  const { chance, patient, doctor, relative } = cast;
  switch (slot) {
    case 'PAT':
      return one('NAME', written(chance, patient));
    case 'PATFULL':
      return one('NAME', `${patient.first} ${patient.last}`);
    case 'PATF':
      return one('NAME', patient.first);
    case 'PATL':
      return one('NAME', patient.last);
    case 'MRPAT':
      return [plain(`${chance.pick(HONORIFICS)} `), ...one('NAME', patient.last)];
    case 'PATLIST':
      return one('NAME', listed(chance, patient));
    case 'DOC':
      return [
        plain(chance.pick(['Dr. ', 'Dr. ', 'Dr ', 'Doctor '])),
        ...one(
          'NAME',
          chance.pick([
            doctor.last,
            doctor.last,
            `${doctor.first} ${doctor.last}`,
            `${doctor.first} ${doctor.last.charAt(0)}.`,
            `${doctor.first.charAt(0)}. ${doctor.last}`,
            doctor.first,
          ]),
        ),
      ];
    case 'DOCFULL':
      return one('NAME', chance.pick([`${doctor.first} ${doctor.last}`, listed(chance, doctor)]));
    case 'REL':
      return one('NAME', chance.is(0.7) ? relative.first : `${relative.first} ${relative.last}`);
    case 'RELFULL':
      return one('NAME', `${relative.first} ${relative.last}`);
    case 'OTHERNAME':
      return one('NAME', written(chance, person(chance, cast.lists)));
    case 'OTHERFULL': {
      const other = person(chance, cast.lists);
      return one('NAME', `${other.first} ${other.last}`);
    }
    case 'OTHERF':
      return one('NAME', person(chance, cast.lists).first);
    case 'OTHERL':
      return one('NAME', person(chance, cast.lists).last);
    case 'INITIALS':
      return one('NAME', `${patient.first.charAt(0)}.${patient.last.charAt(0)}.`);
    case 'SPELLED':
      return one('NAME', codes.spelled(chance, chance.is(0.6) ? patient.last : patient.first));
    default:
      return null;
  }
}

function places(cast: Cast, slot: string): readonly Piece[] | null {
  const { chance, lists } = cast;
  switch (slot) {
    case 'FAC':
      return one('FACILITY', chance.is(0.7) ? cast.facility : facility(chance, lists));
    case 'ORG':
      return one('FACILITY', employer(chance, lists));
    case 'CITY':
      return one('LOCATION', chance.is(0.5) ? cast.city : city(chance, lists));
    case 'CITYST':
      return one('LOCATION', cityAndState(chance, lists));
    case 'ADDR':
      return one('LOCATION', address(chance, lists));
    case 'STREET':
      return one('LOCATION', streetName(chance, lists));
    case 'COUNTY':
      return one('LOCATION', county(chance, lists));
    case 'ZIP':
      return one(
        'LOCATION',
        cast.spoken && chance.is(0.5) ? codes.spokenDigits(chance, chance.digits(5)) : chance.digits(5),
      );
    default:
      return null;
  }
}

function say(cast: Cast, type: Category, written_: () => string, said: () => string): readonly Piece[] {
  return one(type, cast.spoken && cast.chance.is(0.75) ? said() : written_());
}

const NUMBERS: Readonly<Record<string, (cast: Cast) => readonly Piece[]>> = {
  DATE: (cast) =>
    say(
      cast,
      'DATE',
      () => codes.date(cast.chance),
      () => codes.spokenDate(cast.chance),
    ),
  MRN: (cast) =>
    say(
      cast,
      'MRN',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  PHONE: (cast) =>
    say(
      cast,
      'PHONE',
      () => codes.phone(cast.chance),
      () => codes.spokenDigits(cast.chance, cast.chance.digits(10)),
    ),
  FAX: (cast) =>
    say(
      cast,
      'FAX',
      () => codes.phone(cast.chance),
      () => codes.spokenDigits(cast.chance, cast.chance.digits(10)),
    ),
  EMAIL: (cast) =>
    say(
      cast,
      'EMAIL',
      () => codes.email(cast.chance, cast.patient.first, cast.patient.last),
      () => codes.spokenEmail(cast.chance, cast.patient.first, cast.patient.last),
    ),
  SSN: (cast) =>
    say(
      cast,
      'SSN',
      () => codes.ssn(cast.chance),
      () => codes.spokenDigits(cast.chance, cast.chance.digits(9)),
    ),
  PLAN: (cast) =>
    say(
      cast,
      'HEALTH_PLAN',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  ACCT: (cast) =>
    say(
      cast,
      'ACCOUNT',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  ID: (cast) =>
    say(
      cast,
      'OTHER_ID',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  LIC: (cast) =>
    say(
      cast,
      'LICENSE',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  DEV: (cast) =>
    say(
      cast,
      'DEVICE',
      () => codes.record(cast.chance),
      () => codes.spokenRecord(cast.chance),
    ),
  VIN: (cast) => one('VEHICLE', codes.vin(cast.chance)),
  URL: (cast) =>
    one(
      'URL',
      `https://www.${cast.chance.pick(['myhealth', 'caringbridge', 'gofundme', 'patientportal'])}.${cast.chance.pick(['com', 'org'])}/${cast.patient.last.toLowerCase().replace(/\W/gu, '')}`,
    ),
  IP: (cast) =>
    one(
      'IP',
      `${cast.chance.whole(11, 210)}.${cast.chance.whole(0, 255)}.${cast.chance.whole(0, 255)}.${cast.chance.whole(1, 254)}`,
    ),
  AGE90: (cast) =>
    one('AGE', cast.spoken ? codes.inWords(cast.chance.whole(90, 104)) : String(cast.chance.whole(90, 104))),
};

function numbers(cast: Cast, slot: string): readonly Piece[] | null {
  return NUMBERS[slot]?.(cast) ?? null;
}
