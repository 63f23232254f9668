// Left, right, both: which side a text speaks of, and of which part of the body.
import type { Token } from './tokens.ts';

type Side = 'left' | 'right' | 'both';

export interface Laterality {
  readonly side: Side;
  /** The body part's word, or null when the side stands alone ("on the right"). */
  readonly part: string | null;
  readonly at: number;
}

const PARTS = new Map<string, string>(
  Object.entries({
    shoulder: 'shoulder shoulders rotator deltoid scapula clavicle',
    arm: 'arm arms upper-extremity bicep biceps tricep triceps humerus humeral forearm forearms',
    elbow: 'elbow elbows epicondyle olecranon',
    wrist: 'wrist wrists carpal',
    hand: 'hand hands palm thumb thumbs finger fingers',
    hip: 'hip hips groin trochanter',
    leg: 'leg legs thigh thighs calf calves shin quad quads hamstring tibia fibula femur lower-extremity',
    knee: 'knee knees patella meniscus kneecap acl mcl',
    ankle: 'ankle ankles talofibular malleolus atfl',
    foot: 'foot feet toe toes heel lisfranc metatarsal arch',
    breast: 'breast breasts nipple',
    ear: 'ear ears tympanic',
    eye: 'eye eyes',
    lung: 'lung lungs lobe',
    kidney: 'kidney kidneys flank renal ureter',
    abdomen: 'abdomen abdominal quadrant belly stomach adnexal ovary ovarian',
    face: 'face cheek jaw temple',
    neck: 'neck cervical trapezius carotid',
    back: 'back lumbar paraspinal buttock glute side',
    chest: 'chest rib ribs flank',
    testicle: 'testicle testicular epididymis epididymal',
    brain: 'hemisphere frontal temporal parietal',
  }).flatMap(([part, words]) => words.split(' ').map((word): [string, string] => [word, part])),
);

/** "Right" the side, not "right now", "all right", "that's right"; "left" the side, not "I left work". */
const RIGHT_TALK_NEXT = new Set(
  'now away after before here there around where when as on at in back up along through so okay and well yeah because'.split(
    ' ',
  ),
);
const RIGHT_TALK_BEFORE = new Set('all is be am are yeah okay yes you correct alright about not oh'.split(' '));
const LEFT_VERB_BEFORE = new Set('i he she they we you have has had just is was be nothing'.split(' '));
const PART_REACH = 4;
const PART_BEFORE = 5;

/** Every side named, in order. */
export function lateralities(tokens: readonly Token[]): Laterality[] {
  return tokens.flatMap((_, at) => {
    const side = sideAt(tokens, at);
    return side === null || isOffered(tokens, at) ? [] : [{ side, part: partNear(tokens, at), at }];
  });
}

// "Left or right?" names no side, "it's not the right knee" rules one out.
function isOffered(tokens: readonly Token[], at: number): boolean {
  const near = (k: number): string => tokens[at + k]?.norm ?? '';
  const other = near(0) === 'left' ? 'right' : 'left';
  if ((near(1) === 'or' && near(2) === other) || (near(-1) === 'or' && near(-2) === other)) return true;
  return near(-1) === 'not' || (near(-2) === 'not' && /^(?:the|my|your|his|her|on)$/u.test(near(-1)));
}

function sideAt(tokens: readonly Token[], i: number): Side | null {
  const [before, word, next] = [tokens[i - 1]?.norm ?? '', tokens[i]?.norm ?? '', tokens[i + 1]?.norm ?? ''];
  const bound = partAt(tokens, i + 1) !== null || SIDE_NEXT.has(next);
  switch (word) {
    case 'bilateral':
    case 'bilaterally':
      return 'both';
    case 'both':
      return bound || POSSESSIVES.has(next) ? 'both' : null;
    case 'left':
      return bound || !LEFT_VERB_BEFORE.has(before) ? 'left' : null;
    case 'right':
      return bound || isSideRight(before, next) ? 'right' : null;
    default:
      return null;
  }
}

const SIDE_NEXT = new Set('side sided sides hand index ring middle pinky great big handed'.split(' '));
const POSSESSIVES = new Set('the your my his her their'.split(' '));

function isSideRight(before: string, next: string): boolean {
  if (before === 'the') return true;
  if (POSSESSIVES.has(before)) return !RIGHT_TALK_NEXT.has(next);
  return !RIGHT_TALK_BEFORE.has(before) && !RIGHT_TALK_NEXT.has(next) && next !== '';
}

function partAt(tokens: readonly Token[], i: number): string | null {
  const [word, next] = [tokens[i]?.norm ?? '', tokens[i + 1]?.norm ?? ''];
  if (next.startsWith('extremit')) return word === 'upper' ? 'arm' : word === 'lower' ? 'leg' : null;
  if (word === 'back' && /^(?:to|in|here|and|for|on|again|up|then|when)$/u.test(next)) return null;
  return PARTS.get(word) ?? null;
}

function partNear(tokens: readonly Token[], at: number): string | null {
  for (let i = at + 1; i <= at + PART_REACH && tokens[i]?.clause === tokens[at]?.clause; i += 1) {
    if (/^(?:left|right)$/u.test(tokens[i]?.norm ?? '')) break;
    const part = partAt(tokens, i);
    if (part !== null && tokens[i]?.norm !== 'side') return part;
  }
  for (let i = at - 1; i >= at - PART_BEFORE && tokens[i]?.clause === tokens[at]?.clause; i -= 1) {
    const part = partAt(tokens, i);
    if (part !== null && tokens[i]?.norm !== 'side') return part;
  }
  return null;
}

const WHOLE = new Map([
  ['elbow', 'arm'],
  ['wrist', 'arm'],
  ['hand', 'arm'],
  ['shoulder', 'arm'],
  ['knee', 'leg'],
  ['ankle', 'leg'],
  ['foot', 'leg'],
  ['hip', 'leg'],
]);

/** Whether two parts may share a side: the same, or one holds the other (knee and leg). */
export function samePart(a: string, b: string): boolean {
  return a === b || WHOLE.get(a) === b || WHOLE.get(b) === a;
}
