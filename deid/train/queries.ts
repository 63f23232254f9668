// What clinicians ask a model, with and without what identifies: clauses are drawn and joined, so that few sentences recur.
import { CLAUSES } from './clauses.ts';
import { fill, type Piece, plain, type Slots } from './document.ts';
import type { Chance } from './random.ts';

const ASK = [
  'What is the best treatment for',
  'What are the treatment options for',
  'What are the latest guidelines for managing',
  'Recommendations for management of',
  'Recommended management for',
  'What is the recommended dose of {drug} for',
  'Can I prescribe {drug} to',
  'Is it safe to give {drug} to',
  'Should we start {drug} in',
  'Guidelines for {cond} in',
  'What is the prognosis for',
  'Approach to',
  'Best approach to managing {cond} in',
  'Differential diagnosis for',
  'Need advice on',
  'How should I manage',
  'Please summarize the history of',
  'Draft a referral letter for',
  'Draft a discharge summary for',
  'Please advise on next steps for',
  'What follow-up is needed for',
  'Are there any contraindications to {drug} in',
  'Any interactions between {drug} and {drug} in',
  'Is {drug} appropriate for',
  'What is the risk of {cond} in',
  'Help me write a note about',
  'Can you suggest a plan for',
  'Write a patient-friendly explanation of {cond} for',
  'Management strategies for',
  'rec. mx for',
  'tx options for',
  'concern about',
  'f/u recs for',
  'dosing of {drug} in',
  'Pls advise re:',
  'need recs on',
  'Evaluate',
  'Review the case of',
  'Second opinion on',
  'Prior authorization letter for',
  'Interpretation of {lab} in',
  'What labs should I order for',
  'When should I repeat {proc} in',
  'Is {proc} indicated for',
  'Long-term outcomes of {proc} in',
  'What does the literature say about',
  'Per {guide} guidelines, how do I treat',
  'Considering {drug} for',
  'Alternatives to {drug} for',
  'Workup of {sx} in',
  'Vaccination schedule for',
  'Post-op care after {proc} in',
  'Nutrition advice for',
  'ICD-10 code for',
  'Summarise recent evidence on {cond} for',
  'Could {drug} be causing {sx} in',
];
const WHO_PLAIN = [
  'a {age}-year-old {sex} with {cond}',
  'a {age} year old {sex} with {cond} and {cond}',
  'a {age}yo {sex} w/ {cond}',
  '{age}yo {sex} w/ hx of {cond}',
  'an {age}-year-old {sex} with a history of {cond}',
  'a patient with {cond}',
  'pt w/ {cond} & hx of {cond}',
  'a {age}-year-old with {sx}',
  'my patient with {sx} and {cond}',
  'patients with {cond}',
  'adults over {age} with {cond}',
  'a {sex} on {drug} {dose}',
  'a {age} y/o {sex} on {drug}',
  'a {age}-year-old {people} {sex} with {cond}',
  'a {age}F with {sx}',
  'a {age} M s/p {proc}',
  'a child with {cond}',
  'elderly patients with {cond}',
];
const NAMED = [
  '{WHO}, {PAT},',
  '{WHO} named {PAT}',
  '{WHO} ({PAT})',
  '{WHO}, {PAT}',
  '{WHO}, name {PAT},',
  '{PAT}, {WHO},',
  'my patient {PAT}, {WHO}',
  '{PAT}',
  '{PAT} with {cond}',
  'patient {PAT}',
  'pt {PAT}',
  'pt named {PAT}, {WHO}',
  '{MRPAT}, {WHO}',
  '{MRPAT}',
  'Mr. {PATL}',
  '{WHO} like {PAT}',
  '{WHO} called {PATFULL}',
  'patient name: {PATFULL}',
  '{PATFULL} ({age}{n})',
  '{PATF}, {WHO},',
  '{PATF}',
  '{WHO}, initials {INITIALS},',
  'the patient, {PAT}',
  '{WHO} similar to {PAT}',
  '{PATLIST}',
  "{PATFULL}'s {cond}",
  "{PATL}'s {sx}",
  '{PATF}, who has {cond}',
  'baby {PATF}',
  '{PATFULL}, a {job}',
];
const TAILS = [
  '?',
  '?',
  '?',
  '.',
  '. Please advise.',
  '. Thanks',
  '. Any guidance?',
  '? {WHO} is stable.',
  '. Contact info is {EMAIL}.',
  '. Call {PHONE}.',
  '. His MRN is {MRN}.',
  '. Her last visit was on {DATE}.',
  '. {DOC} suggested {drug}.',
  '. He was last seen by {DOC} at {FAC}.',
  '. She lives in {CITY}.',
  ' considering {drug}.',
  '. Also on {drug}.',
  '. Hx of {cond}. No hx of {cond}.',
  '. {lab}, {vital}.',
  '. His wife {REL} reports {sx}.',
  '. Reviewed with {DOC} on {DATE}.',
  '. Next visit {DATE}.',
  '. Records from {FAC} are available.',
  '. MRN: {MRN}.',
  '. Doc noted similar case as {OTHERNAME}.',
  '. Insurance ID {PLAN}.',
  '. Last visit {FAC} on {DATE}.',
  '. Similar to {OTHERNAME} seen last year.',
  '? His {score} is {n}.',
  '. Per {guide}?',
  '. Positive {sign}.',
  ' - thoughts?',
  '. Report to {EMAIL}.',
  '. Patient ID: {MRN}, seen {DATE}.',
  '. Son {REL} can be reached at {PHONE}.',
  '. {PATF} is worried about {sx}.',
  '. {MRPAT} prefers {drug}.',
  '. {PATF} and {REL} live in {CITY}.',
  '. Send the letter to {ADDR}.',
];
const PLAIN_TAILS = [
  ' with suspected {neweponym}?',
  ' on {newdrug}?',
  ' using the {neweponym}?',
  ' vs. {newdrug}?',
  ' with a high {Med} {Word} score?',
  ' per the {eponym} {Word} Study?',
  ' using the {eponym} {Word} Index?',
  ' and the {Word} {Word} Scale?',
  ' on the {Word}-{Word} {Med} Examination?',
  ' according to the {Word} {Med} Questionnaire?',
  ' with Stage III Non-Hodgkin lymphoma?',
  ' as studied in the {eponym} Heart Study?',
  ' with {Med} {Med} {Med}?',
  ' and {Med} {Med} Syndrome?',
  " with early-onset {eponym}'s?",
  ' based on the {Word} Trial?',
  ' seen at an outside hospital?',
  ' seen in the ER last month?',
  ' at a community clinic?',
  ' last week?',
  ' since last year?',
  ' in the first year?',
  '? What is the impact of the {word} {word}?',
  ' compared with the use of {drug}?',
  ' in the setting of {cond}?',
  ' for the treatment of {cond}?',
  ' on the basis of {lab}?',
  '?',
  '?',
  '?',
  '.',
  '. Please advise.',
  ' per {guide} guidelines?',
  ', taking into account {guide} recommendations?',
  '? {score} is {n}.',
  ' with a positive {sign}?',
  ' on {drug} {dose}?',
  '? {lab}.',
  ' diagnosed in {year}?',
  ' in {country}?',
  ' after {proc}?',
  ' and {vital}.',
  ' with {thing} in place?',
  ' failing {drug} and {drug}?',
  ' since {year}?',
  '. Hx of {cond}.',
  ' according to the {eponym} criteria?',
  ' from {state}?',
  ' over {n} {unit}?',
  '. Will need {proc}. May need {drug}.',
  ' seen in our clinic last week?',
  ' without using names.',
  ' in a tertiary care center?',
];

const draw = (chance: Chance, list: readonly string[], least: number, most: number): readonly string[] =>
  Array.from({ length: chance.whole(least, most) }, () => chance.pick(list));

export function query(chance: Chance, slots: Slots): readonly Piece[] {
  const who = (text: string): string => text.replaceAll('{WHO}', () => chance.pick(WHO_PLAIN));
  const start = chance.is(0.82) ? `${chance.pick(ASK)} ` : '';
  const clauses = draw(chance, CLAUSES, 0, 3).join('');
  const template = who(
    `${start}${chance.pick(NAMED)}${clauses}${chance.is(0.25) ? chance.pick(CLAUSES) : ''}${chance.pick(TAILS)}`.replaceAll(
      ',,',
      ',',
    ),
  );
  return edged(chance, fill(chance.is(0.25) ? shortened(template) : template, slots));
}

/** PHI-free. */
export function plainQuery(chance: Chance, slots: Slots): readonly Piece[] {
  const template = `${chance.pick(ASK)} ${chance.pick(WHO_PLAIN)}${chance.is(0.4) ? ` and ${chance.pick(['{sx}', '{cond}', 'a positive {sign}', 'a {score} of {n}', '{lab}'])}` : ''}${chance.pick(PLAIN_TAILS)}`;
  return edged(chance, fill(template, slots));
}

/** Only a place, a date or a doctor, no patient: names are not to be expected in every query. */
export function looseQuery(chance: Chance, slots: Slots): readonly Piece[] {
  const template = `${chance.pick(ASK)} ${chance.pick(WHO_PLAIN)}${draw(chance, CLAUSES, 1, 3).join('')}${chance.pick([...TAILS, ...PLAIN_TAILS])}`;
  return edged(
    chance,
    fill(
      template.replaceAll('{WHO}', () => chance.pick(WHO_PLAIN)),
      slots,
    ),
  );
}

function edged(chance: Chance, pieces: readonly Piece[]): readonly Piece[] {
  return chance.is(0.1) ? [plain('"'), ...pieces, plain('"')] : pieces;
}

/** As it is typed in a hurry. */
function shortened(template: string): string {
  return template
    .replaceAll('patient', 'pt')
    .replaceAll(' with ', ' w/ ')
    .replaceAll('history', 'hx')
    .replaceAll('treatment', 'tx')
    .replaceAll('diagnosed', "dx'd")
    .replaceAll('treated', "tx'd")
    .replaceAll('follow-up', 'f/u');
}
