// Forms, tables, feeds: names and places where no sentence says what they are.
import { fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

interface Field {
  readonly names: readonly string[];
  readonly slot: string;
}

const fields = (text: string): readonly Field[] =>
  text.split('\n').map((line) => {
    const [names = '', slot = ''] = line.split(' = ');
    return { names: names.split('|'), slot };
  });

const FIELDS = fields(
  `name|patient|Patient Name|pt_name|full_name|PATIENT|Patient name|member name = {PATFULL}
name|Name|patient|subject|Pt = {PATLIST}
last|LAST|surname|Last Name|family = {PATL}
first|FIRST|given|First Name|forename = {PATF}
dob|DOB|birth|birthDate|Date of birth = {DATE}
mrn|MRN|Record|chart_no|Hospital No = {MRN}
address|addr|home|Home address|ADDRESS = {ADDR}
city|CITY|town|City/Town = {CITY}
zip|ZIP|postcode = {ZIP}
tel|phone|PHONE|mobile|Cell = {PHONE}
email|mail|E-mail = {EMAIL}
employer|EMPLOYER|work|Occupation/Employer = {ORG}
school|School = {ORG}
teacher|Teacher|coach|guardian|Contact|contact = {OTHERFULL}
emergency contact|Emergency contact|nok|next_of_kin = {RELFULL}
pcp|PCP|GP|attending|provider|Doctor|seen_by = {DOCFULL}
clinic|facility|site|location|Hospital|hospital|referred_to = {FAC}
insurance|Insurance ID|member_id|plan = {PLAN}
visit|Visit|date|seen|admitted = {DATE}
witness|interpreter|Nurse|rn|driver|author = {OTHERF}
reason|Reason|complaint|cc = {sx}
dx|Dx|diagnosis|problem = {cond}
meds|Rx|medication = {drug} {dose}
allergies|Allergies = {drug}
sex|Sex|gender = F
weight|Weight = {age} kg
bp|BP = 120/80
result|Result|lab = {lab}
score|Score = {score} {n}
language|Language = {people}
diet|Diet = cardiac
room|Room|bed = {n}{n}
status|Code status|Status = Full
notes|comment = {Word} {word}`,
);

const ROWS = [
  '| {PATL} | 30{n} | NPO | {DOC2} |',
  '| {OTHERL} | 30{n} | regular | {OTHERL} |',
  '| {PATFULL} | {DATE} | {cond} |',
  '| {thing} | {n} | ok |',
  '| Saline 0.9% 1 L | 24 | reorder |',
  '| {newdrug} | {n} | {word} |',
  '08:{n}0 {OTHERNAME} flu shot',
  '09:{n}0 {OTHERNAME} BP check',
  '10:{n}0 {PATL} sutures out',
  '11:{n}0 open',
  '13:00 {OTHERF} {INITIAL}. INR',
  '14:30 lunch',
  '{lab} | {lab} | {lab}',
  '{Med}: {n} ({n}-{age})',
  '{score} {n}; {score} {n}; {score} {n}',
  '{PATL}, {PATF} MRN {MRN}, started {DATE} by {OTHERF}',
  '{OTHERFULL}\t{age}\t{cond}\t{DOC2}',
  '{brand}\t{n}\t{word}',
  'MSH|^~\\&|LAB|{FAC}|EHR||{STAMP}||ORU^R01|{n}|P|2.3',
  'PID|1||{MRN}^^^RG||{HL7}||{DAY8}|F|||{HL7ADDR}||{PHONE}',
  'PV1|1|I|{n}W^{n}||||{HL7}',
  'NK1|1|{HL7}|SPO||{PHONE}',
  'OBX|{n}|NM|2345-7^GLUCOSE||{age}|mg/dL',
  'OBX|{n}|ST|{Med}^{word}||{word}',
];

/** Fields in one of the ways in which programs and people write them, or rows of a table. */
export function form(chance: Chance, slots: Slots): readonly Piece[] {
  const inner = formSlots(chance, slots);
  if (chance.is(0.35))
    return fill(Array.from({ length: chance.whole(2, 6) }, () => chance.pick(ROWS)).join('\n'), inner);
  const [between, after] = chance.pick([
    [': ', '\n'],
    [': ', '\n'],
    [': ', '  '],
    [':', '\n'],
    ['=', ';'],
    [' - ', '\n'],
    ['": "', '","'],
    ['":"', '","'],
    [' | ', '\n'],
    ['\t', '\n'],
    [' ', ', '],
  ] as const);
  const body = Array.from({ length: chance.whole(2, 8) }, () => chance.pick(FIELDS))
    .map(({ names, slot }) => `${chance.pick(names)}${between}${slot}`)
    .join(after);
  const pieces = fill(body, inner);
  return after === '","' ? [{ text: '{"', type: null }, ...pieces, { text: '"}', type: null }] : pieces;
}

function formSlots(chance: Chance, slots: Slots): Slots {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = (): string => `${chance.whole(1935, 2025)}${two(chance.whole(1, 12))}${two(chance.whole(1, 28))}`;
  const text = (slot: string): string =>
    slots(slot)
      .map((piece) => piece.text)
      .join('');
  return (slot) => {
    switch (slot) {
      case 'INITIAL':
        return [{ text: chance.capitals(1), type: 'NAME' }];
      case 'DOC2':
        return slots('OTHERL');
      case 'HL7':
        return [{ text: `${text('OTHERL')}^${text('OTHERF')}^${chance.capitals(1)}`.toUpperCase(), type: 'NAME' }];
      case 'HL7ADDR':
        return [{ text: `${text('STREET')}^^${text('CITY')}^MN^${text('ZIP')}`.toUpperCase(), type: 'LOCATION' }];
      case 'DAY8':
        return [{ text: day(), type: 'DATE' }];
      case 'STAMP':
        return [{ text: `${day()}${two(chance.whole(0, 23))}${two(chance.whole(0, 59))}`, type: 'DATE' }];
      default:
        return slots(slot);
    }
  };
}
