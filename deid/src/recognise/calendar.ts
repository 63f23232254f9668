// Names of months, days and holidays in English and Spanish, and what they are worth as numbers.

export const MONTHS: Readonly<Record<string, number>> = {
  january: 1,
  february: 2,
  march: 3,
  april: 4,
  may: 5,
  june: 6,
  july: 7,
  august: 8,
  september: 9,
  october: 10,
  november: 11,
  december: 12,
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  jun: 6,
  jul: 7,
  aug: 8,
  sep: 9,
  sept: 9,
  oct: 10,
  nov: 11,
  dec: 12,
  febr: 2,
  enero: 1,
  febrero: 2,
  marzo: 3,
  abril: 4,
  mayo: 5,
  junio: 6,
  julio: 7,
  agosto: 8,
  septiembre: 9,
  setiembre: 9,
  octubre: 10,
  noviembre: 11,
  diciembre: 12,
};

const WEEKDAYS: readonly string[] = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
  'mon',
  'tue',
  'tues',
  'wed',
  'thu',
  'thur',
  'thurs',
  'fri',
  'sat',
  'sun',
  'lunes',
  'martes',
  'miercoles',
  'jueves',
  'viernes',
  'sabado',
  'domingo',
];

const ORDER = Object.keys(MONTHS).toSorted((a, b) => b.length - a.length);

/** Alternation of all month names, longest first, a full stop after short ones allowed. */
export const MONTH = `(?:${ORDER.join('|')})\\.?`;
export const WEEKDAY = `(?:${WEEKDAYS.map((day) =>
  day.replace('miercoles', 'mi[eé]rcoles').replace('sabado', 's[aá]bado'),
)
  .toSorted((a, b) => b.length - a.length)
  .join('|')})\\.?`;
