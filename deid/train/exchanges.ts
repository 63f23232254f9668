// Short exchanges at desks, on the telephone, in ambulances and therapy rooms: a question and its answer belong together.
import { dictated, fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

type Exchange = readonly [string, string];

const NAMED: readonly Exchange[] = [
  ['Who am I speaking with?', 'This is {RELFULL}, I am calling about {PATF}.'],
  ['When were you born?', '{DATE}, in {CITY}.'],
  ['Where do you live now?', 'With my sister {REL}, over in {CITY}.'],
  ['What street?', '{STREET}, near {CITY}.'],
  ['Who is your regular doctor?', '{DOC}, at {FAC}.'],
  ['Who sent you here?', '{OTHERF} from {FAC}.'],
  ['Where do you work?', '{ORG}, twenty years.'],
  ['What does he do?', 'He drives for {ORG} in {CITY}.'],
  ['Which hospital was that?', '{FAC}, I think. In {CITY}.'],
  ['Which pharmacy?', '{FAC} on {STREET}.'],
  ['When did it start?', '{DATE}, after work.'],
  ['When is the wedding?', '{DATE}, in {CITY}. {OTHERF} is getting married.'],
  ['Who helps you at home?', 'My daughter {REL}, and {OTHERF} next door.'],
  ['Is somebody with you?', 'My friend {OTHERFULL}.'],
  ['How do you spell that?', '{SPELLED}.'],
  ['Last name?', '{PATL}, {SPELLED}.'],
  ['Member number?', '{PLAN}.'],
  ['Can I have a number to call back?', '{PHONE}, ask for {REL}.'],
  ['Do you have family?', 'Two girls, {OTHERF} and {REL}.'],
  ['Where is home?', '{CITY}. {CITYST}, I mean.'],
  ['Were you ever in hospital?', 'In {DATE}, at {FAC}.'],
  ['Any heart trouble in the family?', 'My uncle {OTHERF}, in {CITY}.'],
  ['Good to see you, {PATF}.', 'You too, {DOC}.'],
  ['{MRPAT}, have a seat.', 'Thanks. Is {DOC} away?'],
  ["I'm {OTHERF}, I will be your nurse.", "I'm {PATF}."],
  ['{PATF}, squeeze my hand.', 'Like that?'],
  ['Do you know where you are?', '{FAC}?'],
  ['How is {REL}?', '{REL} is fine.'],
];
const UNNAMED: readonly Exchange[] = [
  ['How is the {newdrug} working?', 'It is all right.'],
  ['Any change since the {newdrug}?', 'It helps, mostly.'],
  ['How did you sleep?', 'Badly. Four hours.'],
  ['Did you try {brand}?', 'Will it make me sick?'],
  ['On a scale of ten?', 'Seven. Maybe eight.'],
  ['Does this hurt?', 'Ow. Yes.'],
  ['When did it start?', 'Tuesday, or the day before.'],
  ['What did you eat?', 'Soup and a little ice cream.'],
  ['Have you heard of {newdrug}?', 'I saw it on television.'],
  ['We could use {newdrug} or {brand}.', 'Which is cheaper?'],
  ['Your {lab}.', 'Is that good?'],
  ['Could it be {cond}?', "I doubt it, but let's check."],
  ['Where is the pain?', 'Here, under the rib.'],
  ['Are you allergic to anything?', '{Word}, {word} and {newdrug}.'],
  ['Do you pray?', 'Faith helps. Hope too.'],
  ['Same dose?', 'Same dose, other side.'],
  ['Anything else?', 'Nope. Bill me later.'],
  ['{score} of {n}.', 'What does that mean?'],
  ['Was the {eponym} test done?', 'Last year, yes.'],
];
const SPEAKERS: readonly Exchange[] = [
  ['Doctor: ', 'Patient: '],
  ['DOCTOR: ', 'PATIENT: '],
  ['Nurse: ', 'Caller: '],
  ['Medic: ', 'Man: '],
  ['Therapist: ', 'Client: '],
  ['Clerk: ', 'Woman: '],
  ['[clinician] ', '[patient] '],
  ['dr ', 'pt '],
  ['Dr: ', 'Pt: '],
  ['Q: ', 'A: '],
  ['Speaker A: ', 'Speaker B: '],
  ['- ', '- '],
];

/** Two to five of them; one in three names nobody. */
export function exchange(chance: Chance, slots: Slots): readonly Piece[] {
  const [asks, answers] = chance.pick(SPEAKERS);
  const named = chance.is(0.67);
  const lines = Array.from({ length: chance.whole(2, 5) }, () => {
    const [question, answer] = chance.pick(named && chance.is(0.7) ? NAMED : UNNAMED);
    return `${asks}${question}\n${answers}${answer}`;
  });
  const pieces = fill(lines.join('\n'), slots);
  return asks === 'dr ' || chance.is(0.15) ? dictated(pieces) : pieces;
}
