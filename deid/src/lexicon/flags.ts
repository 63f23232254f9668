// What the lexicon says of a folded word; a word may be many things at once.

/** A given name of any culture. */
export const FIRST = 1 << 0;
/** A given name common in English-speaking countries. */
export const FIRST_EN = 1 << 1;
export const LAST = 1 << 2;
/** A name of a list that does not say whether it is given or family. */
export const PERSON = 1 << 3;
/** A city of the USA by one word. */
export const CITY_US = 1 << 4;
/** A city elsewhere by one word. */
export const CITY = 1 << 5;
/** A word of a city's name of several words. */
export const CITY_PART = 1 << 6;
/** A State, a country, or a word of one. */
export const LAND = 1 << 7;
/** A people, language or faith. */
export const PEOPLE = 1 << 8;
/** English words by how common they are. */
export const WORD_COMMON = 1 << 9;
export const WORD_USUAL = 1 << 10;
export const WORD_RARE = 1 << 11;
export const MEDICINE = 1 << 12;
export const DRUG = 1 << 13;
/** A name that stands for a disease, sign, score or thing. */
export const EPONYM = 1 << 14;
/** A word of facilities' names, or a well-known facility. */
export const FACILITY_WORD = 1 << 15;

export const ANY_NAME = FIRST | FIRST_EN | LAST | PERSON;
export const ANY_CITY = CITY_US | CITY;
export const ANY_WORD = WORD_COMMON | WORD_USUAL | WORD_RARE;
/** Words that are more than names: the tagger may know them by themselves. */
export const ANY_TERM = ANY_WORD | MEDICINE | DRUG | EPONYM | FACILITY_WORD | PEOPLE | LAND;
