// Queries in other hands than `queries.ts`: the patient first and the question last, several sentences, notes with a question in
// them, names in the middle of a clause.
import { fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

const CASES = [
  '{PATFULL}, a {age}-year-old with {cond} on {drug}.',
  'Patient is {PATFULL}, MRN {MRN}, admitted {DATE} to {FAC}.',
  'pt {PAT}, {age}M, s/p {proc} {DATE}, now w/ {cond}.',
  'Pt: {PAT}, acct {ACCT}, seen {DATE}.',
  'Case: {PATFULL}, {proc} in {FAC} {DATE}.',
  'Patient: {PATFULL}. DOB: {DATE}.',
  "Hi, I'm {DOC} from {FAC};",
  'My resident {OTHERF} saw a {age} yo w/ {sx} on {DATE}.',
  'Second opinion: {PATFULL}, {cond}, finished {drug} {DATE} at {FAC}.',
  'Counsel on {proc}, {PATFULL}, {lab}, cycle at {FAC} {DATE}.',
  'Evaluate this: {AGE90} y/o female {PATFULL}, {cond}, from {FAC}, {CITY}.',
  'Post-op day 3 fever. Patient initials {INITIALS}, hospital no. {MRN}.',
  '{age}F {PATF} w/ {cond}, from {CITY}; {drug} switched {DATE}.',
  'For {PATFULL}, {age}, with {cond} and a positive {Med}.',
  '{PATF}, {age}, and {REL}, his partner, ask about {drug};',
  '{PATF} and {RELFULL} both tested positive on {DATE}.',
  'Follow up on {PATFULL}: {lab} without {sx}.',
  'Recommend rehab after {proc} for {PATFULL}, guard for the {ORG}.',
  'Please summarise for {OTHERFULL}: {age}M, {cond}, {drug} since {DATE}.',
  'patient portal question: {PATF} wonders if she can combine {drug} and {drug}, her dob {DATE}',
  '{PATFULL} asks whether {drug} should be paused. She emailed from {EMAIL} on {DATE}.',
  "{PATF}'s ferritin is 9, SSN on file {SSN}, clinic fax {FAX}.",
  'Our patient, a {AGE90}-year-old retired {job} from {CITYST}, fell.',
  'asking for {PATF}, {age}, card no {PLAN}.',
  'Her insurer number is {PLAN}. His callback is {PHONE}.',
  'PCP {DOC}. She lives in {CITY}, student at {ORG}.',
  'Consult booked {DATE} w/ {DOC}.',
  'wife {REL}, both of {CITY}.',
  '{PATF} works at {ORG} in {CITY}.',
  'His ICD was interrogated from IP {IP}; device {DEV}.',
  'See {URL}. Ref {ID}.',
  'His plate {LIC} was noted.',
  'Travel to {CITY} for {MRPAT}, leaving {DATE}.',
  'policy no. {PLAN}, chart {MRN}.',
  'Seen with interpreter {OTHERF} at {FAC}.',
  '{REL} is the proxy; call {PHONE}.',
];
const QUESTIONS = [
  'DOAC vs warfarin?',
  'Which second-line agent would you add?',
  'What should be done about the {lab}?',
  'IV or oral?',
  'Any interaction between {drug} and {drug}?',
  'Is CT head mandatory?',
  'Would you taper faster?',
  'What are alternatives to {drug}?',
  'Empiric coverage?',
  'Next steps?',
  'Workup?',
  'Options?',
  'Dosing with CrCl 38?',
  'Does this justify {proc}?',
  'Differential for {sx}?',
  'Explain {cond} in plain language.',
  'What vaccination schedule applies?',
  'Can she take {drug} with a history of {cond}?',
  'What household prophylaxis is advised?',
  'Does she qualify for {drug}?',
  'Is the {score} of {n} relevant?',
  'When can he return to work?',
  'Positive {sign}: what next?',
  'How long to isolate?',
  'Please compare {drug} and {newdrug}.',
  'pls advise.',
  'thx',
];
const OPEN = [
  'Can {PATF} keep taking {drug} before the {proc} on {DATE}?',
  'Is it reasonable to restart {drug} in {PATFULL} after {cond} treated in {CITYST} on {DATE}?',
  'Draft a letter to the school nurse of {PATFULL} (DOB {DATE}) explaining {drug}.',
  'What vaccination applies to a {n}-year-old, {PATFULL}, living at {ADDR}?',
  'Please compare {drug} and {drug} for {PATFULL}, followed by {DOC} at {FAC}.',
  'Does {PATL} need bridging for the {proc} on {DATE}?',
  'How often should {lab} be checked in {PAT}, {age}, with {cond}; care at {FAC} since {DATE}?',
  'Is a d-dimer of 720 significant? {PATFULL}, {FAC}, bed {n}.',
  'Could {PATF} have {cond}? {lab} on {DATE}. Seen at {FAC}.',
  'When can {PATFULL} return to work at {ORG} in {CITY} after {proc}?',
  'does {PATF} (member id {PLAN}) qualify for {drug}, denied on {DATE}?',
  'Can we give {drug} to {PATFULL}, {age}, on {drug}? See {URL}.',
  'Which statin for {PATFULL}, who lives at {ADDR}, with CK 900?',
  'Any contraindication to MRI with the device of {PATFULL}, serial {DEV}?',
  'I need the dose of {drug} for {PATF}, 14 kg, whose mother {RELFULL} called from {PHONE}.',
  'What about {PATF}? {lab}, third exacerbation, policy no. {PLAN}.',
  'Would you taper {drug} faster in {PATFULL}? See chart {MRN}.',
  'is {drug} right for {MRPAT} bed {n} at {FAC}, {lab} on {DATE}',
  'Does the {DATE} echo of {PATFULL} justify {proc}? It was read at {FAC}.',
  "What's the risk for my patient {PATFULL} ({age}F, smoker, {lab}), last visit {DATE} at {FAC}?",
  'Guidance on driving after first seizure for {PATFULL}, {age}, licence {LIC}.',
  'What would be the work-up for {PATFULL}, {age}, after a trip to {CITY}; seen {DATE}?',
  'Which antibiotic for cat bite in penicillin-allergic {PATFULL}, seen at the {FAC} {DATE}?',
];
const PLAIN = [
  'What is the sensitivity of the {neweponym} compared with the {neweponym}?',
  'Is the {eponym} {word} reliable over {age}?',
  'What did the {acr} and {acr} trials show about patients over {age}?',
  'Which is better for a young adult with {cond}, {brand} or {newdrug}, if diagnosed in {year}?',
  'What should a nurse do when a {thing} or a {newdrug} is dislodged?',
  'Outline {eponym} exercises and the {eponym} manoeuvre for an older patient.',
  'A {age} yo with BP 150/95, HR 88, A1c 7.2. Next step?',
  'Does {eponym} or {eponym} explain {sx} more often in summer?',
  'How is {organism} infection treated in pregnancy?',
  'Please review dosing for {Brand} 112 mcg, {Brand} 18 units and {newdrug} 6.25 mg bid.',
  'Which patients benefit from {neweponym} rather than {proc}?',
  'Should we order a {newdrug}, a {newdrug} patch or an {newdrug}?',
  'Would a patient of {age} with {cond} need yearly echo?',
  'Discuss the {eponym}, {eponym} and {eponym} incisions.',
  'What are the {eponym}, {eponym} and {eponym} criteria used for?',
  'Is {eponym} triad late? And what about {eponym} and {eponym}?',
  'How do {eponym} and {eponym}-{eponym} differ on biopsy?',
  'Describe the {eponym}, {eponym} and {eponym} tests in one line each.',
  'Compare {newdrug} and {newdrug} catheters for cost.',
  'Are there generic versions of {brand}, {newdrug} or {brand} in {year}?',
  'My patient with {cond} cannot swallow {brand}; would {newdrug} do?',
  'Which nerve is injured in {eponym} palsy?',
  'What dose of {brand} for a 12-month-old, 9.8 kg, temp 101.3?',
  'An elderly {sex} with {cond} presents on a Monday morning with {sx} for 2 hours. What first?',
  'Interpretation: pH 7.21, pCO2 68, HCO3 26 in a {age}F with {cond}.',
  'Which guidelines, {guide} {year} or {guide}, cover a teenager with {cond}?',
  'Is {word} or {word} poisoning a concern in a 3-year-old?',
  'A doctor asked whether {word}, {word} and {word} help patients in hospice.',
  'May a patient {word} after {proc}, or will she need a {word}?',
  'How many weeks after a {newdrug} or {brand} dose is {newdrug} acceptable?',
];

const some = (chance: Chance, list: readonly string[], least: number, most: number): string[] =>
  Array.from({ length: chance.whole(least, most) }, () => chance.pick(list));

export function asked(chance: Chance, slots: Slots): readonly Piece[] {
  const capital: Slots = (slot) => (slot === 'Brand' ? slots('brand') : slots(slot));
  const parts = chance.is(0.45)
    ? [chance.pick(OPEN), ...some(chance, CASES, 0, 1)]
    : chance.is(0.5)
      ? [...some(chance, CASES, 1, 2), chance.pick(QUESTIONS)]
      : [chance.pick(QUESTIONS), ...some(chance, CASES, 1, 2)];
  return fill(parts.join(' '), capital);
}

/** PHI-free. */
export function plainlyAsked(chance: Chance, slots: Slots): readonly Piece[] {
  const capital: Slots = (slot) => (slot === 'Brand' ? slots('brand') : slots(slot));
  return fill(some(chance, PLAIN, 1, 2).join(' '), capital);
}
