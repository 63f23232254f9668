// What a ward writes: nursing notes, handovers, radiology, operations, pathology, discharge, in the clipped hand of each.
import { fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

const NURSING = [
  '{clock} pt {PATF} resting, {vital}, {vital}.',
  '{clock}: report received from {OTHERF}.',
  '{clock} {DOC} at bedside, plan d/c {DATE}.',
  '{clock} {DOC} paged re: {sx}.',
  'Daughter ({REL}) at bedside.',
  'Family ({REL}) called for update, left message at {PHONE}.',
  'Turned q2h. Stage 2 sacrum, foam applied.',
  'PIV L FA 20g patent. Foley draining clear yellow.',
  'FSBS {n}8, {n}u lispro given.',
  'Wound vac changed {DATE} by {OTHERF} RN; 40 ml serosang.',
  'Belongings: phone, dentures, CA DL {LIC}.',
  'Chaplain {OTHERL} visited.',
  'Pt refused bath. Ambulated x1 assist.',
  'A&Ox3, RA sat 95, denies pain.',
  'Family arriving from {CITY}.',
  'Code cart checked, {OTHERFULL}.',
  'Sitter {OTHERF} at bedside.',
  'Bed alarm on. Call light in reach.',
  'Bed {n} {PATL}, {age} M, POD{n} {proc}.',
  'Bed {n} {OTHERL} NPO for {proc}.',
  'Bed {n} empty.',
  'Handoff to {OTHERF} at {clock}.',
  'IV team ({OTHERF}) placed midline.',
  'RT {OTHERF} weaned O2 to 2L.',
  '{PATL} c/o {sx}; {drug} {dose} given, effective.',
  'Transport to {FAC} arranged for {DATE}.',
  'Pt asks for {DOC}.',
  'Consent on chart, witness {OTHERFULL}.',
];
const READINGS = [
  'EXAM: CT ABDOMEN PELVIS W CONTRAST',
  'EXAM: {Med} ultrasound',
  'CT head without contrast, {DATE}.',
  'Chest two views. Compared with {DATE}.',
  'COMPARISON: {DATE}.',
  'COMPARISON: None.',
  'TECHNIQUE: Axial images, {n} mm.',
  'PATIENT: {PATLIST}  ACC# {ID}',
  'Clinical: {MRPAT}, {age}, {sx}.',
  'CLINICAL HISTORY: {age} {sex} with {sx}.',
  'Technologist {OTHERFULL}.',
  'FINDINGS: {exam}. {Med} {word}. No {med}.',
  'Heart size normal. Granuloma RUL stable. No effusion.',
  'No midline shift. Virchow-Robin spaces prominent.',
  'Scattered T2/FLAIR foci, Fazekas {n}.',
  'Schmorl node at L2. {eponym} fracture of the wrist.',
  'IMPRESSION: No acute process.',
  'IMPRESSION: {cond}, correlate clinically.',
  'Findings phoned to {OTHERF} in {FAC} at {clock} on {DATE}.',
  'Dictated by {DOCFULL} {DATE}',
  'Reported: {DOC}, {FAC}.',
  'Ref: {DOCFULL} DO.',
  'Order {ID}.',
  'Specimen {ID}: skin, L shoulder, shave.',
  '{PATLIST}, {DATE}. Melanoma, Breslow 0.6 mm, Clark II.',
  'Collected {DATE}; signed {DOCFULL} MD at {FAC}.',
  'Gross: received in formalin, {n} x {n} x {n} mm.',
];
const THEATRE = [
  'OPERATIVE REPORT. Surgeon: {DOCFULL}. Assistant: {OTHERFULL}.',
  'Surgeon: {DOCFULL}/{OTHERFULL}',
  'Anesthesia: {DOC}, GETA.',
  'Procedure: {proc}, {DATE}.',
  'Date of procedure {DATE}.',
  '{PATLIST} - R {proc}, {thing}, serial no. {DEV}.',
  'EBL {n}0 mL. Counts correct.',
  'Specimen: gallbladder. Drains: Jackson-Pratt x1.',
  'Tourniquet {age} min. Spinal.',
  'Mallampati II, ASA 3, Mac 3 blade, grade 1 view (Cormack-Lehane).',
  'Bovie at 30, Kocher clamps, 2-0 Vicryl, 4-0 Monocryl, Steri-Strips.',
  'Trendelenburg, then lithotomy.',
  '{thing} used. {neweponym} exposure.',
  'Time out with {DOC} and {OTHERF}.',
  'Extubated, to PACU. Family ({REL}) updated.',
];
const LEAVING = [
  'DISCHARGE SUMMARY',
  'Patient: {PATLIST}',
  'Name: {PATFULL} | Sex M | Age {age} | Unit 5W',
  'Admitted: {DATE}  Discharged: {DATE}',
  'Attending: {DOCFULL}, MD',
  'Reason for admission: {cond}.',
  'Hospital course: {age}-year-old {sex} with {cond}. {proc} by {DOC} on {DATE}.',
  'Hospital day {n}. {PATFULL} tolerated diet, pain controlled on {drug}.',
  'The patient, {MRPAT}, was transferred from {FAC} to {FAC} on {DATE} for {cond}.',
  'She lives alone in {CITY}.',
  'Discharged home on {DATE} on {drug}, {drug}.',
  'Disposition: {FAC}, {CITYST}.',
  'Follow-up: {FAC}, {DATE} at {clock}, tel {PHONE}.',
  'PCP {OTHERFULL} notified by fax {FAX}.',
  'Home health via {FAC}; address confirmed {ADDR}; emergency contact {REL} {PHONE}.',
  'Thank you for seeing {PATF}, who was an inpatient on {FAC} between {DATE} and {DATE}.',
  'Sutures out in 10 days. Histology: {cond}.',
  'Discharge meds unchanged except stop {drug} (K 5.9).',
  'Take {drug} twice a day until gone. Do not drive while on {newdrug}.',
  'Call 911 for trouble breathing.',
  'SW {OTHERF} to call {ORG}.',
  'He was a {job} in {CITY} for forty years.',
  'Retired {job} ({ORG}), moved from {CITY} in {DATE}.',
  '{OTHERFULL} from {ORG} called about return to work.',
];
const HANDS = [NURSING, NURSING, READINGS, THEATRE, LEAVING];

/** One of the hands above, in lines or run together. */
export function ward(chance: Chance, slots: Slots): readonly Piece[] {
  const hand = chance.pick(HANDS);
  const lines = Array.from({ length: chance.whole(2, 7) }, () => chance.pick(hand));
  const withClock: Slots = (slot) => (slot === 'clock' ? [{ text: clock(chance), type: null }] : slots(slot));
  return fill(lines.join(chance.is(0.5) ? ' ' : '\n'), withClock);
}

function clock(chance: Chance): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const [hour, minute] = [two(chance.whole(0, 23)), two(chance.whole(0, 59))];
  return chance.pick([`${hour}${minute}`, `${hour}:${minute}`, `${Number(hour) % 12 || 12}:${minute} pm`]);
}
