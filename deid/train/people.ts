// Names of people of many cultures, in the forms in which notes and talk write them.
import { coined, englished, paired } from './coined-names.ts';
import type { Lists } from './lists.ts';
import type { Chance } from './random.ts';

export interface Person {
  readonly first: string;
  readonly middle: string;
  readonly last: string;
  readonly female: boolean;
}

/** Given names and surnames that are words too: the hard ones must be met often. */
const WORDY_FIRST =
  'Mark Will Rose Grace Hope Faith Joy May June April August Dawn Eve Summer Autumn Sky Ivy Lily Daisy Violet Iris Heather Holly Olive Ginger Amber Ruby Pearl Jade Crystal Bill Rob Jack Pat Sue Drew Chase Grant Miles Max Rich Art Gene Ray Guy Dean Earl Duke Frank Chuck Buck Rusty Skip Sandy Dusty Robin Jay Wren Cliff Glen Brook Brooke Reed Ford Lance Pierce Hunter Mason Carter Cooper Taylor Tyler Parker Jordan Logan Dallas Austin Paris London Brooklyn Sierra Savannah Georgia Virginia Carolina Chelsea Madison Kelly Angel Precious Destiny Melody Harmony Sage Basil Rosemary Penny Star Stormy Major King Prince Noble Ace Case Chance Justice Victor Christian Constance Patience Prudence Felicity Charity Mercy Clement Ernest Frank Pearl Opal Coral Misty Windy Sonny Happy Lucky'.split(
    ' ',
  );
const WORDY_LAST =
  'Brown White Black Green Gray Young Long Short Small Little Strong Sharp Wise Rich Best Good Moody Savage Hardy Noble Bell Cook Baker Carter Mason Hunter Fisher Farmer Weaver Potter Butler Parker Walker Driver Singer Price Cash Banks Bond Stone Wood Woods Hill Hills Field Fields Brook Brooks Rivers Lake Park Parks Forest Snow Frost Rain Winters Summers Day Moon Star Sunday Friday May March Love Joy Pain Grief Hope Grace Power Powers Case Cases Page Read Speed Ball Bat Fox Wolf Lamb Drake Crane Swan Finch Bird Byrd Bass Pike Salmon Rice Berry Cherry Plum Olive Pepper Bush Reed Rose Flowers Branch Root Ash Church Temple Bishop Pope Abbott King Prince Knight Duke Earl Major Sergeant Marsh Moss Glass Marble Steele Gold Silver Diamond Pearl Cross Cole Hand Foot Head Shin Back Hart Blood Bone Skinner Tanner Mark Marks Grant Pierce Chase Street West North East English French Irish Welch Scott Holland Ireland England London Paris Boston Austin Dallas Houston Denver Washington Jackson Lincoln Hamilton Jefferson Madison Monroe Cleveland'.split(
    ' ',
  );
/** Particles stay with the family name. */
const PARTICLES = [
  'de',
  'de la',
  'van',
  'van der',
  'von',
  'di',
  'da',
  'dos',
  'del',
  'el',
  'al',
  'bin',
  'ibn',
  'le',
  'la',
  'ter',
  'ten',
  'af',
  'ap',
  'Ní',
  'Ó',
  'Ben-',
  'al-',
  'Osei-',
  "d'",
  "O'",
  'Mc',
  'Mac',
  'St.',
  'Al-',
  'El-',
  'Abu ',
];

export function firstName(chance: Chance, lists: Lists): string {
  const die = chance.next();
  if (die < 0.34) return chance.pick(lists.firstEnglish);
  if (die < 0.46) return chance.pick(COMMON_FIRST);
  if (die < 0.56) return chance.pick(WORDY_FIRST);
  if (die < 0.8) return chance.pick(lists.first);
  if (die < 0.9) return chance.pick(lists.firstRomanised);
  const made = chance.next();
  if (made < 0.3) return chance.pick(lists.firstSpanish);
  if (made < 0.5) return paired(chance);
  return made < 0.8 ? coined(chance) : invented(chance);
}

/** The names that turn up most: lists of every name would hardly ever give them. */
const COMMON_FIRST =
  'James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Donald Steven Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Stephen Jonathan Larry Justin Scott Brandon Benjamin Samuel Frank Gregory Raymond Alexander Patrick Jack Dennis Jerry Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Nancy Lisa Betty Margaret Sandra Ashley Kimberly Emily Donna Michelle Dorothy Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Kathleen Amy Shirley Angela Helen Anna Brenda Pamela Nicole Emma Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Jane Alice Julia Sofia Carlos Juan Jose Luis Miguel Ana Carmen Rosa Elena Ahmed Mohammed Fatima Wei Li Hiroshi Yuki Priya Raj Sanjay Olga Ivan Dmitri Svetlana Pierre Marie Hans Greta Giovanni Giulia'.split(
    ' ',
  );

export function lastName(chance: Chance, lists: Lists): string {
  const die = chance.next();
  let name: string;
  if (die < 0.34) name = chance.pick(lists.lastEnglish);
  else if (die < 0.44) name = chance.pick(WORDY_LAST);
  else if (die < 0.62) name = chance.pick(lists.people);
  else if (die < 0.8) name = chance.pick(lists.last);
  else if (die < 0.9) name = chance.pick(lists.lastRomanised);
  else if (die < 0.95) name = chance.pick(lists.lastSpanish);
  else name = chance.pick([invented, coined, coined, englished])(chance);
  if (chance.is(0.04)) {
    const particle = chance.pick(PARTICLES);
    return /['\-c ]$|St\.$/u.test(particle)
      ? `${particle}${particle === 'St.' ? ' ' : ''}${name}`
      : `${particle} ${name}`;
  }
  if (chance.is(0.04)) return `${name}-${chance.pick(lists.lastEnglish)}`;
  return name;
}

const ONSETS = 'b br c ch cl d dr f fl g gr h j k kl kr l m n p pr q r s sh sk st t th tr v w x y z zh'.split(' ');
const NUCLEI = 'a e i o u ai ea ee ia ie io oa ou ue ya yo á é í ó ú ö ü å ø'.split(' ');
const CODAS = [
  '',
  '',
  '',
  'n',
  'r',
  's',
  'l',
  'm',
  't',
  'k',
  'd',
  'x',
  'sh',
  'ng',
  'rd',
  'nd',
  'ck',
  'v',
  'sky',
  'son',
  'ova',
  'ez',
  'ian',
  'wala',
  'oglu',
  'escu',
  'dze',
  'shvili',
  'ić',
];

/** A name that no list holds: the tagger has to know names by what stands around them. */
function invented(chance: Chance): string {
  const syllables = chance.whole(1, 3);
  let name = '';
  for (let at = 0; at < syllables; at += 1) name += chance.pick(ONSETS) + chance.pick(NUCLEI);
  name += chance.pick(CODAS);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export function person(chance: Chance, lists: Lists): Person {
  const middle = chance.is(0.25) ? firstName(chance, lists) : '';
  return { first: firstName(chance, lists), middle, last: lastName(chance, lists), female: chance.is(0.5) };
}

/** A person's name in one of the forms that stand in running text. */
export function written(chance: Chance, { first, middle, last }: Person): string {
  const initial = (name: string): string => `${name.charAt(0)}.`;
  const die = chance.next();
  if (die < 0.42) return `${first} ${last}`;
  if (die < 0.6) return `${first} ${initial(last)}`;
  if (die < 0.65) return `${first} ${last.charAt(0)}`;
  if (die < 0.7) return middle === '' ? `${first} ${last}` : `${first} ${initial(middle)} ${last}`;
  if (die < 0.74) return middle === '' ? `${first} ${last}` : `${first} ${middle} ${last}`;
  if (die < 0.77) return `${initial(first)} ${last}`;
  if (die < 0.79) return `${initial(first)}${initial(last)}`;
  if (die < 0.88) return first;
  if (die < 0.93) return last;
  if (die < 0.95) return `${last}, ${first}`;
  if (die < 0.96) return `${first} "${middle === '' ? first.slice(0, 4) : middle}" ${last}`;
  if (die < 0.97) return `${last} ${first}`;
  if (die < 0.98) return `${initial(first)}${middle === '' ? 'T.' : initial(middle)}${initial(last)}`;
  return `${first} ${last}`;
}

/** As registers write it. */
export function listed(chance: Chance, { first, middle, last }: Person): string {
  const form = chance.pick([
    `${last}, ${first}`,
    `${last}, ${first}${middle === '' ? '' : ` ${middle.charAt(0)}`}`,
    `${last.toUpperCase()}, ${first.toUpperCase()}`,
    `${last.toUpperCase()},${first.toUpperCase()}`,
    `${first} ${last}`,
    `${first}${middle === '' ? '' : ` ${middle.charAt(0)}.`} ${last}`,
    `${first.toUpperCase()} ${last.toUpperCase()}`,
    `${last} ${first}`,
  ]);
  return form;
}
