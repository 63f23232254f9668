// Spanish addresses, places and forms (identifier B): ways before their names, postal codes before their towns, fields of reports.
import { before, beginsNumber, type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const NAME = String.raw`(?:(?:de|del|la|las|los|el|y|i|d['’]|l['’])[ \t]?){0,3}(?:[\p{Lu}][\p{L}\p{M}'’.·-]{0,24}|\d{1,2}(?=[ \t](?:de|d['’])))`;
const NUMBER = String.raw`(?:,?[ \t]{0,2}(?:n[º°.]?[ \t]?|n[úu]m\.?[ \t]?|km\.?[ \t]?)?(?:\d{1,4}(?:[-/]\d{1,4})?|s[ \t]?\/?[ \t]?n)(?![\d.]\d)(?:[ \t]?[A-Za-z](?!\p{L}))?)`;
const FLOOR = String.raw`(?:[,. \t-]{1,3}(?:\d{1,2}[ \t]?[º°ª.]{0,2}[ \t]?[A-Z]?(?![\p{L}\d])|[A-Z](?![\p{L}\d])|(?:bajo|piso|planta|puerta|esc(?:alera)?|bloque|portal|[aá]tico|local(?!\p{L})|izda|dcha|entlo|esquina)\.?[ \t]?[\p{L}\d]{0,8}(?:[ \t](?:San|Santa)[ \t]\p{L}+)?)){0,4}`;
const WAY = String.raw`(?:c\.?\/\.?|calle|cl?\.?\/|av(?:da|enida|d|gda|inguda|enida)?\.?|paseo|p[ºo]\.?|passeig|plaza|plaça|pza\.?|pl\.|camino|cam[ií]|carretera|ctra\.?|ronda|rambla|traves[ií]a|trav\.|urbanizaci[oó]n|urb\.|glorieta|prolongaci[oó]n|pso\.?|cno\.?|esq\.?|v[ií]a|vialidad|pasaje|callej[oó]n|carrer|barrio|pol[ií]gono|alameda|costanilla|cuesta|bulevar|calzada|jr\.|jir[oó]n)`;
const STREET = new RegExp(
  String.raw`${WAY}[ \t]{0,2}(?:de[ \t])?${NAME}(?:[ \t-]{1,2}${NAME}){0,6}${NUMBER}?${FLOOR}`,
  'iuy',
);

export const spanishStreet: Recogniser = {
  starts: {
    words: [
      'c',
      'cl',
      'calle',
      'av',
      'avd',
      'avda',
      'avgda',
      'avenida',
      'avinguda',
      'paseo',
      'p',
      'passeig',
      'plaza',
      'placa',
      'pza',
      'pl',
      'camino',
      'cami',
      'carretera',
      'ctra',
      'ronda',
      'rambla',
      'travesia',
      'trav',
      'urbanizacion',
      'urb',
      'glorieta',
      'via',
      'vialidad',
      'pasaje',
      'callejon',
      'carrer',
      'barrio',
      'poligono',
      'alameda',
      'costanilla',
      'cuesta',
      'bulevar',
      'calzada',
      'jr',
      'jiron',
      'prolongacion',
      'pso',
      'cno',
    ],
  },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if (start > 0 && /[\p{L}\d]/u.test(text.charAt(start - 1))) return NOTHING;
    const found = matchAt(STREET, text, start);
    if (found === null || found[0].includes('\n') || /^c\/o\b/iu.test(found[0])) return NOTHING;
    const capital = /^\p{Lu}/u.test(text.slice(start, start + 1)) || found[0].startsWith('c/');
    if (!capital || !/\s{0,2}(?:de\s)?\p{Lu}|\d|\/\s?\p{L}/u.test(found[0].slice((tokens.end[at] ?? 0) - start)))
      return NOTHING;
    if (
      !/\d|s\s?\/?\s?n$/iu.test(found[0]) &&
      !/domicilio:?\s{0,3}$/u.test(before(tokens, at, 14)) &&
      !LONG_WAY.test(found[0])
    )
      return NOTHING;
    return [{ start, end: start + found[0].trimEnd().length, type: 'LOCATION', score: 0.9, rule: 'street-es' }];
  },
};

/** Ways that say by themselves that an address follows. */
const LONG_WAY = /^(?:calle|avda|avenida|avinguda|paseo|passeig|plaza|pza|carretera|ctra|rambla|carrer|ronda)/iu;

const POST = new RegExp(
  String.raw`(?:E-)?\d{5}(?!\d)(?:[ \t]?[-.,]?[ \t]?\(?\p{Lu}[\p{L}\p{M}'’-]{1,24}(?:[ \t](?:(?:de|del|la|el|los|las|i|y)[ \t]){0,2}\p{Lu}[\p{L}\p{M}'’-]{1,24}){0,4}\)?)?`,
  'uy',
);
const POST_LEAD = /(?:c\.?p\.?|c[óo]digo postal|e-|[,.]|-|\bd\.?f\.?)[\s:]{0,3}$/u;

/** `28019 Madrid`; a postal code of five digits with the town after it, or after `CP:`. */
export const spanishPost: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    if ((tokens.end[at] ?? 0) - start !== 5 || (!beginsNumber(tokens, at) && text.slice(start - 2, start) !== 'E-'))
      return NOTHING;
    const found = matchAt(POST, text, start);
    if (found === null) return NOTHING;
    const town = found[0].length > 5;
    const lead = before(tokens, at, 16);
    if (
      !/(?:c\.?p\.?|c[óo]digo postal)[\s:.]{0,3}$/u.test(lead) &&
      !(town && POST_LEAD.test(lead)) &&
      !(town && SPANISH_TOWN.test(found[0]) && isSpanishNear(text, start))
    )
      return NOTHING;
    return [{ start, end: start + found[0].trimEnd().length, type: 'LOCATION', score: 0.88, rule: 'post-es' }];
  },
};

const SPANISH_TOWN = /\d{5}\s?[-.,]?\s?\(?\p{Lu}/u;

/** The text before speaks Spanish. */
function isSpanishNear(text: string, at: number): boolean {
  const words = text
    .slice(Math.max(0, at - 400), at)
    .toLowerCase()
    .match(
      /\b(?:de|del|la|el|en|que|los|con|por|una|las|se|para|al|hospital|servicio|calle|avda|remitido|paciente)\b/gu,
    );
  return (words?.length ?? 0) >= 4;
}

const FIELD =
  /(?:domicilio|direcci[oó]n|localidad\s?\/?\s?provincia|localidad|provincia|poblaci[oó]n|municipio|ciudad|lugar de (?:nacimiento|residencia)|natural de|residente en|pa[ií]s)\s?:\s{0,3}/iuy;
const VALUE = /[^\n.:;]{2,80}(?:\.(?=\d|\s?[ºª])[^\n.:;]{1,20})?/uy;

/** `Localidad/ Provincia: Madrid.` to the end of the line or sentence. */
export const spanishField: Recogniser = {
  starts: {
    words: [
      'domicilio',
      'direccion',
      'localidad',
      'provincia',
      'poblacion',
      'municipio',
      'ciudad',
      'lugar',
      'natural',
      'residente',
      'pais',
    ],
  },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const field = matchAt(FIELD, text, start);
    if (field === null) return NOTHING;
    const from = start + field[0].length;
    const value = matchAt(VALUE, text, from);
    if (
      value === null ||
      !/^[\p{Lu}\d(]/u.test(value[0]) ||
      /^(?:C\/?|Av|Avda|Pza|Pl|Ctra|Urb|Jr)$/u.test(value[0].trim())
    )
      return NOTHING;
    return [{ start: from, end: from + value[0].trimEnd().length, type: 'LOCATION', score: 0.86, rule: 'field-es' }];
  },
};

const COUNTRY =
  /\(?(?:Espa[ñn]a|M[ée]xico|Argentina|Chile|Colombia|Per[úu]|Uruguay|Venezuela|Cuba|Ecuador|Portugal)\)?/uy;

/** A country that closes an address in Spanish goes with it. */
export const spanishCountry: Recogniser = {
  starts: {
    words: [
      'espana',
      'mexico',
      'argentina',
      'chile',
      'colombia',
      'peru',
      'uruguay',
      'venezuela',
      'cuba',
      'ecuador',
      'portugal',
    ],
  },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(COUNTRY, tokens.text, start);
    if (
      found === null ||
      !/\p{Lu}[\p{L}\p{M}]+[.,]?\s?\(?$|pa[ií]s:\s{0,3}$/u.test(tokens.text.slice(Math.max(0, start - 30), start)) ||
      !isSpanishNear(tokens.text, start)
    )
      return NOTHING;
    return [{ start, end: start + found[0].replace(')', '').length, type: 'LOCATION', score: 0.8, rule: 'country-es' }];
  },
};

const PROVINCES =
  'Álava|Albacete|Alicante|Almería|Asturias|Ávila|Badajoz|Baleares|Barcelona|Burgos|Cáceres|Cádiz|Cantabria|Castellón|Ceuta|Ciudad Real|Córdoba|La Coruña|A Coruña|Cuenca|Girona|Gerona|Granada|Guadalajara|Guipúzcoa|Gipuzkoa|Huelva|Huesca|Jaén|León|Lleida|Lérida|Lugo|Madrid|Málaga|Melilla|Murcia|Navarra|Ourense|Orense|Palencia|Las Palmas|Pontevedra|La Rioja|Salamanca|Segovia|Sevilla|Soria|Tarragona|Tenerife|Teruel|Toledo|Valencia|Valladolid|Vizcaya|Bizkaia|Zamora|Zaragoza|Andalucía|Cataluña|Galicia|Caracas|Bogotá|Managua|Lima|Quito|Montevideo|La Habana'.split(
    '|',
  );
const PROVINCE = new RegExp(String.raw`(?:${PROVINCES.join('|')})(?!\p{L})`, 'uy');

/** Provinces and capitals by name: in Spain they are no larger than a county, so they go. */
export const spanishProvince: Recogniser = {
  starts: { words: [...new Set(PROVINCES.map((province) => province.split(' ')[0] ?? ''))] },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(PROVINCE, tokens.text, start);
    if (found === null || !isSpanishNear(tokens.text, start)) return NOTHING;
    return [{ start, end: start + found[0].length, type: 'LOCATION', score: 0.7, rule: 'province-es' }];
  },
};
