// Names that no list holds, coined in the sounds of many cultures: what is around them and how they are built must tell.
import type { Chance } from './random.ts';

interface Sound {
  readonly first: readonly string[];
  readonly middle: readonly string[];
  readonly last: readonly string[];
}

const sound = (first: string, middle: string, last: string): Sound => ({
  first: first.split(' '),
  middle: middle.split(' ').map((part) => part.replace('_', '')),
  last: last.split(' ').map((part) => part.replace('_', '')),
});

const SOUNDS: readonly Sound[] = [
  sound(
    'Ade Olu Ola Ayo Ife Ibi Oye Aki Baba Fola Temi Yewa Omo Ogun Aina',
    'ba da de fe ke la lu mi se wa yi _ ṣo',
    'yemi kunle bola tunde wale sina nike dara ola ogun _ tayo lami gbe',
  ),
  sound(
    'Chi Chu Nne Ngo Obi Oke Uche Eze Ike Ama Nna Oji Ani Ugo Nwa',
    'ka ma ne no zi di bu du la ri _ ku',
    'nwa nna ma chi ka obi ike du gozi amaka emeka fe oma nyelu olisa',
  ),
  sound(
    'Kwa Aku Abe Afi Yaa Ko Men Boa Osei Ama Nan Opo Ase Ansa',
    'fo su na ba ku ma ta de _ we',
    'a u ia ah teng kye sah fo ba nsah mang ko',
  ),
  sound(
    'Wan Kam Nje Mwa Mbu Ach Odh Ony Ogo Kip Che Nja Nyo Tha Nom Sip Khu Mah',
    'ji ka ru mb oe ie an go _ li nga',
    'ri ngo u ko ch iambo ang eno lani mbo thi hle lani wethu',
  ),
  sound(
    'Venka Subra Rama Laksh Krish Sri Bha Gana Para Chan Raj Anan Jaya Muth Nara Pad',
    'ta ma na ra mi sha ni dra _ va ti ga',
    'swamy nathan murthy rajan reddy dhar kant esh endra appa wala jee kar bhai kumar preet jit pal',
  ),
  sound(
    'Zbig Wojc Krzy Bole Mile Drag Vlad Stan Rado Sviat Yaro Lyud Miro Dob Zden Brat',
    'i o ie y a mi slo _ ni',
    'slav mir ska wski enko chuk ić ová yev owicz czyk ak iuk vić ina',
  ),
  sound(
    'Te Tu Ka Le Ma Sio Fa Ke La No Hi Ku Lei Mana Pua Tau Ha',
    'ala ilo ka na mai oli lu u’u ne ho _ fe pu',
    'ni oa hia lei nani lua ga ata kai moana ‘i si ale olo',
  ),
  sound(
    'Abd Kha Mus Rash Fa Naj Zay Tah Sham Had Muh Yus Ism Nas Jam',
    'ul i a ou ee al ir _ aya',
    'din rahman allah eed im ar ani awi oud iz eh sen ouri een',
  ),
  sound(
    'Far Beh Shah Mah Roz Gol Par Kam Ard Naz Dar Sia',
    'a i oo bor zad ro na _ mi',
    'zadeh pour ian eh vand nia khani ush abadi far yar',
  ),
  sound('Tam Nug Gel Kva Sha Var Pet Hak Ter Sar Bag', 'a i o ra va ro _ ma', 'shvili dze yan ian adze osyan uni'),
  sound('Szab Kov Nag Hor Bal Fer Ger Zol Ildi Tak', 'ó á e o i _ ka', 'ss cs th sy i ács ényi ó án'),
  sound(
    'Yos Shir Eit Noa Mord Zip Ari Tzvi Chai Hada Yeho Rosen Gold Leib Perl',
    'a i e o _ ma na',
    'el iah ssah bach vitz stein man berg mutter ush it ah',
  ),
  sound(
    'Jia Xiao Wei Zh Qi Min Hui Shu Yu Zi Xue Chun Guo',
    'ng n o a i u _',
    'ng n ei ong ang iao ying hua ming xin yan ting',
  ),
  sound('Thu Ng Phu Tru Nhu Qu Hoa Kh Bao Min Duy Tuy', 'o a â ơ ư ê y _', 'ng nh ch t c m n i ên ân'),
  sound(
    'Phi Suw Chai Siri Tha Bou Soph Kham Vong Pha Dara',
    'cha nna ra po wa ta ni _',
    'porn sak chai kul wat rat pong suk vong savath none',
  ),
  sound('Itz Xoc Tep Cua Qui Ocho Tla Mal Yol', 'i hi a o e _ uh', 'tl hitl anecatl tzin chitl ocatl lli oa'),
  sound('Had Iss Saa Rach Bel Ben Bou Ait Mou', 'ia i ou ha a _ ne', 'idi aoui ane echi oud ziz nasr kacem'),
  sound(
    'Aib Sya Zhan Gul Nur Aigul Otab Dil Bek Mad Rus',
    'a i o na sha _ er',
    'bek bayev ova zhan nara ek murod yeva tai',
  ),
];
const ENGLISHED =
  'White Black Red Yellow Blue Little Big Running Standing Two Three Many Sitting Walking Swift Grey Strong Iron Spotted Lone High'.split(
    ' ',
  );
const ANIMALS =
  'Bear Wolf Horse Hawk Eagle Elk Bull Buffalo Feather Cloud Elk Crow Thunder Moon Water Fox Deer Arrow Rock Shield Bird Hair'.split(
    ' ',
  );

/** One word in the sounds of some culture. */
export function coined(chance: Chance): string {
  const { first, middle, last } = chance.pick(SOUNDS);
  const name = `${chance.pick(first)}${chance.is(0.6) ? chance.pick(middle) : ''}${chance.pick(last)}`;
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** A family name that is two English words: `Running Wolf`, `Yellowhorse`. */
export function englished(chance: Chance): string {
  const [one, two] = [chance.pick(ENGLISHED), chance.pick(ANIMALS)];
  return chance.is(0.5) ? `${one} ${two}` : `${one}${two.toLowerCase()}`;
}

const SYLLABLES =
  'ji hoon seo yeon min su jin hye young sun hee kyung woo mei ling xiu ying wei hua jun li fang tai chi wai ho kit man sze'.split(
    ' ',
  );

/** `Ji-hoon`, `Mei Ling`, `Sze-Man`: a given name of two syllables. */
export function paired(chance: Chance): string {
  const [one, two] = [chance.pick(SYLLABLES), chance.pick(SYLLABLES)];
  const upper = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1);
  return chance.pick([`${upper(one)}-${two}`, `${upper(one)}-${upper(two)}`, `${upper(one)} ${upper(two)}`]);
}
