// What patients and their people write to a practice, and what desks and triage note of calls: uneven spelling, no clinical form.
import { fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

const HELLO = [
  'Hi {DOC}, this is {PATF} ({PATFULL}, dob {DATE}).',
  'hello its {PATF} again.',
  'Its {PATF} again.',
  'i am {PATF}.',
  "Hi, it's {PATFULL}.",
  'Good evening. My mother {RELFULL} takes {drug}.',
  'Hello Nurse {OTHERF}!',
  'Thank you for calling me back Nurse {OTHERF}!!',
  'Message for {OTHERF}:',
  'hi {OTHERF},',
  'My daughter {REL} (age 6) has hives after {drug}.',
  'To whom it may concern:',
  'Good morning, this is {RELFULL}, {PATF}s wife.',
  '',
  '',
];
const ASKS = [
  'My inhaler ran out in {CITY} while visiting my sister.',
  'Can you send a refill to the {FAC}?',
  'i had my blood drawn {DATE} at {FAC} and havent heard.',
  'Do I still come on {DATE}?',
  'The cream burns. Should I stop?',
  'Also moved: {ADDR}.',
  'we live {CITY} now.',
  'my husband {REL} say go to {FAC}.',
  'Could {DOC} write a note for my employer, {ORG}, saying I was out {DATE}?',
  'Her dentist {DOC} wants to stop it for {DATE}.',
  'I dispute the bill, account {ACCT}, service date {DATE}, for my son {OTHERFULL}.',
  'The CPAP (serial {DEV}) shows error 004.',
  'Clinic login {URL}.',
  'my number is {PHONE}',
  'pls call {PHONE}.',
  'You can write to {EMAIL}.',
  'given by {FAC} on {DATE}.',
  'The swelling went down since {DATE}. Should I keep the {drug}?',
  'My member number is {PLAN}.',
  '{REL} will drive me.',
  '{OTHERF} at the front desk said {DATE}.',
  'I take {drug} at 8 and feel dizzy.',
  'My grandson {REL} goes to {ORG} and has {sx}.',
];
const PLAIN_ASKS = [
  'My knee still hurts after the shot. Should I ice it, and for how long?',
  'is it okay to take {newdrug} with {brand} at night?',
  'The {newdrug} fell off in the shower again.',
  'My sugars were 140 to 210.',
  'No fever, not pregnant, no new partners.',
  'Is it normal that my toddler naps 3 hours after the shot?',
  'can i go to the parade w/ my boot on? pain 3 out of 10',
  'stitches come out in a week',
  'I am {age} and otherwise well.',
  'Could it be {cond}?',
  'Should I try {brand} instead?',
  'i may have a yeast infection.',
  'Will I need {proc}?',
  'My mom had {cond} too.',
  'Thanks so much!',
  'Thank you.',
];
const BYE = [
  '- {PATF}',
  '{PATFULL}',
  'Thanks, {PATF}',
  'Regards, {PATFULL}',
  'thx {PATF} {PHONE}',
  '{PATFULL} ({EMAIL})',
  '{PATF} {INITIAL}.',
  'Ms {PATL}',
  'thanks so much!',
  'Please advise.',
  '',
  '',
];
const DESK = [
  'REASON FOR CALL: {MRPAT} reports {sx} x {n} days. Advised {drug}. Callback {PHONE}.',
  'Caller: {RELFULL} (daughter). {sx}. Triage RN {OTHERL}.',
  'Operator: {FAC}, this is {OTHERF}.',
  '{PATF} {PATL} called x2 re: {REL}. Told to go to {FAC}. tel {PHONE}',
  'recieved call form {PATFULL}, dob {DATE}, wants refil of {drug}. ph {PHONE}',
  'fu appt {DATE} w {DOC}. {MRPAT} still smkoing 1ppd.',
  '{PATF};{age}f;{sx};seen@{FAC} {DATE};lives w/ {REL} in {CITY}',
  '{PATFULL}, {age} yrs, came to {FAC}, {CITY} on {DATE} with fever.',
  '{MRPAT} no-showed {DATE}; letter to {ADDR}.',
  'pateint {PATFULL} staets he was in {CITY} when pain satrted, {DATE}.',
  'Voicemail from {OTHERFULL} at {ORG}: needs work note for {PATF}.',
  'Spoke w/ {REL}, will bring {PATF} {DATE}.',
];

/** A message or a note of a call; one in five names nobody. */
export function message(chance: Chance, slots: Slots): readonly Piece[] {
  return chance.is(0.8) ? namedMessage(chance, slots) : plainMessage(chance, slots);
}

function namedMessage(chance: Chance, slots: Slots): readonly Piece[] {
  const withInitial: Slots = (slot) =>
    slot === 'INITIAL' ? [{ text: chance.capitals(1), type: 'NAME' }] : slots(slot);
  if (chance.is(0.3)) return fill(some(chance, DESK, 1, 2).join(' '), withInitial);
  const asks = some(chance, chance.is(0.7) ? ASKS : PLAIN_ASKS, 1, 3);
  const lines = [chance.pick(HELLO), ...asks, chance.pick(BYE)].filter((line) => line !== '');
  return fill(lines.join(chance.is(0.75) ? ' ' : '\n'), withInitial);
}

/** A message in which nobody is named. */
function plainMessage(chance: Chance, slots: Slots): readonly Piece[] {
  return fill(`${chance.pick(['Hi doctor, ', 'hello ', '', ''])}${some(chance, PLAIN_ASKS, 1, 4).join(' ')}`, slots);
}

function some(chance: Chance, list: readonly string[], least: number, most: number): string[] {
  return Array.from({ length: chance.whole(least, most) }, () => chance.pick(list));
}
