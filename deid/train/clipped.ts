// Clipped notes without anybody in them, made item by item: what a list of findings, things and doses looks like when half of its
// words are in no dictionary.
import { fill, type Piece, type Slots } from './document.ts';
import type { Chance } from './random.ts';

const LABELS =
  'Neuro|CV|Resp|GI|GU|Skin|MSK|Psych|Heme|ID|Endo|Renal|Lines|Diet|Activity|Access|Wound|Exam|Labs|Imaging|Meds|Supplies|Orders|Tests|Plan|Impression|Scores|Vaccines|Anesthesia|Ortho|Eye|Ear|Dental|Foot|Peds|Home|Allergies|Drips|Tubes|{Word}|{Med}'.split(
    '|',
  );
const ITEMS = [
  '{newdrug}',
  '{newdrug} {n}',
  '{newdrug} {dose}',
  '{newdrug} and {newdrug}',
  '{newdrug} x{n}',
  '{newdrug}, {newdrug}, {newdrug}',
  '{newdrug} {word}',
  'on {newdrug}',
  'off {brand}',
  'start {newdrug}',
  'stop {brand}',
  '{brand} prn',
  '{brand} {n} {unit}',
  '{word} {newdrug}',
  '{eponym} positive',
  '{eponym} negative',
  '{eponym} neg',
  '{eponym} {n}/{n}',
  '{eponym} {n}',
  '{eponym} II',
  '{eponym} grade {n}',
  '{eponym} class III',
  '{eponym} and {eponym}',
  "{eponym}'s {word}",
  '{eponym}-{eponym} {word}',
  '{neweponym}',
  'no {neweponym}',
  '{sign}',
  '{score} {n}',
  '{thing}',
  '{thing} out',
  '{acr} {n}',
  '{acr} neg',
  '{acr} {n}/{n}',
  '{acr} {acr} {acr}',
  '{organism}',
  '{med} {word}',
  '{Med} normal',
  'no {med}',
  '{lab}',
  '{vital}',
  '{cond}',
  '{sx} {n} {unit}',
  'RTC {n} wks',
  '{n} x {n} cm',
  '{n}0 mL/h',
  '{n}%',
  'Mon and Thu',
  '{word} {word}',
  '{Word}',
];
const JOINTS = [', ', ', ', '; ', '. ', ' / ', ' | ', '\n- ', ' - '];

export function clipped(chance: Chance, slots: Slots): readonly Piece[] {
  const lines = Array.from({ length: chance.whole(1, 4) }, () => {
    const joint = chance.pick(JOINTS);
    const items = Array.from({ length: chance.whole(2, 6) }, () => chance.pick(ITEMS)).join(joint);
    const body = chance.is(0.5) ? items.charAt(0).toUpperCase() + items.slice(1) : items;
    return chance.is(0.6) ? `${chance.pick(LABELS)}: ${body}` : body;
  });
  return fill(lines.join(chance.pick(['. ', '.\n', '\n'])), slots);
}
