// Ages (identifier C): over 89 always, others only when the caller asks for it. The words that belong to the number go with it.
import { before, beginsNumber, type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const UNIT = String.raw`(?:\s?-?\s?(?:years?|yrs?|yr|months?|mos?|weeks?|wks?|days?)(?:\.|\b)(?:\s?-?\s?(?:old|of age)\b)?|\s?-?\s?(?:y\.?\s?/?\.?\s?o\.?|yo|m\.?\s?/?\.?\s?o\.?)\b|\s?(?:a[ñn]os|meses|d[ií]as|semanas)(?:\sde edad)?)`;
const WITH_UNIT = new RegExp(String.raw`(?:1[0-2]\d|\d{1,2})${UNIT}`, 'iy');
const NUMBER = /(?:1[0-2]\d|\d{1,2})(?![\d]|[.,]\d|\s?(?:mg|%|mcg|ml|kg|cm|mm|lb|\/\d))/iy;
const AGE_LEAD =
  /\b(?:age|aged|ages|edad|turn(?:s|ed|ing)?|aged about|edad de)[\s:=(]{0,3}(?:of|is|was|about|approximately|approx\.?|around)?[\s:]{0,2}$/u;
const SEX_AFTER =
  /(?:1[0-2]\d|\d{2})\s?[- ]?(?:[fm](?=[\s,.;)]|$)|(?:female|male|woman|man|lady|gentleman|girl|boy)\b)/iy;
const PERSON_LEAD = /(?:^|[.;,(]|\b(?:a|an|this|is|patient|pt|was|the|for))\s{0,2}$/u;

/** The unit after a number is an age only with `old`, `of age`, a label before it, or an abbreviation that says nothing else. */
const SAYS_AGE = /old|of age|y\.?\s?\/?\.?\s?o\b|yo|m\.?\s?\/?\.?\s?o\b|de edad/iu;
const SPANISH_UNIT = /a[ñn]os|meses/iu;
const FIRST_OVER = 90;

export const age: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    if ((tokens.end[at] ?? 0) - start > 3 || !beginsNumber(tokens, at)) return NOTHING;
    const { text } = tokens;
    const lead = before(tokens, at, 32);
    const unit = matchAt(WITH_UNIT, text, start);
    if (unit !== null && (SAYS_AGE.test(unit[0]) || AGE_LEAD.test(lead))) return told(start, unit[0], 0.95);
    if (
      unit !== null &&
      SPANISH_UNIT.test(unit[0]) &&
      /(?:de|con|edad:?|var[oó]n,?|mujer,?|hombre,?|paciente,?)\s{0,2}$/u.test(lead)
    )
      return told(start, unit[0], 0.8);
    const number = matchAt(NUMBER, text, start);
    if (number !== null && AGE_LEAD.test(lead)) return told(start, number[0], 0.9);
    const sex = matchAt(SEX_AFTER, text, start);
    if (sex !== null && PERSON_LEAD.test(lead)) return told(start, /^\d+/u.exec(sex[0])?.[0] ?? '', 0.8);
    return NOTHING;
  },
};

function told(start: number, found: string, score: number): readonly Found[] {
  const years = Number(/^\d+/u.exec(found)?.[0] ?? 0);
  const over = years >= FIRST_OVER && !/month|mo\b|week|wk|day|mes|semana|d[ií]a/iu.test(found);
  return [{ start, end: start + found.trimEnd().length, type: 'AGE', score, rule: over ? 'age-90' : 'age' }];
}
