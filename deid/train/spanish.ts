// Spanish reports: administrative heads, running text, signatures with addresses.
import { fill, type Piece, type Slots } from './document.ts';
import type { Lists } from './lists.ts';
import type { Chance } from './random.ts';

const CITIES =
  'Madrid|Barcelona|Valencia|Sevilla|Zaragoza|Málaga|Murcia|Bilbao|Alicante|Córdoba|Valladolid|Vigo|Gijón|Granada|Vitoria|La Coruña|Elche|Oviedo|Badalona|Terrassa|Jerez|Sabadell|Móstoles|Pamplona|Almería|San Sebastián|Burgos|Albacete|Santander|Castellón|Logroño|Badajoz|Salamanca|Huelva|Lleida|Tarragona|León|Cádiz|Jaén|Ourense|Lugo|Cáceres|Girona|Toledo|Ciudad Real|Cuenca|Guadalajara|Segovia|Ávila|Soria|Teruel|Huesca|Palma de Mallorca|Las Palmas|Santa Cruz de Tenerife|México D.F.|Monterrey|Bogotá|Medellín|Lima|Santiago|Buenos Aires|Rosario|Montevideo|Quito|Caracas|La Habana|Alcalá de Henares|Torrejón de Ardoz|Baracaldo|Sant Cugat del Vallès|Alcobendas|Getafe|Leganés|Marbella|Mérida|Reus|Ponferrada|Talavera de la Reina'.split(
    '|',
  );
const WAYS =
  'C/|C/ |Calle |Calle de |Av. |Avda. |Avenida |Avenida de la |Paseo |Paseo de |Plaza |Plaza de la |Pza. |Camino |Carretera de |Ronda |Rambla |Travesía |Urbanización |Glorieta '.split(
    '|',
  );
const SAINTS =
  "San Carlos|San Pedro|Santa Ana|La Paz|Gregorio Marañón|Ramón y Cajal|Doce de Octubre|Virgen del Rocío|Virgen de la Arrixaca|Reina Sofía|Príncipe de Asturias|Miguel Servet|Clínico San Cecilio|Vall d'Hebron|Bellvitge|Santa Creu i Sant Pau|La Fe|Cruces|Donostia|Marqués de Valdecilla|Juan Canalejo|Xeral|Carlos Haya|Torrecárdenas|Son Dureta|Puerta de Hierro|Fuenlabrada|Infanta Leonor|Severo Ochoa|Insular|Nuestra Señora de la Candelaria|General Yagüe|Río Hortega|Santa Bárbara|San Jorge|Txagorritxu|Galdakao".split(
    '|',
  );
const KINDS =
  'Hospital|Hospital Universitario|Hospital General|Hospital General Universitario|Hospital Clínico|Hospital Clínico Universitario|Complejo Hospitalario|Complejo Hospitalario Universitario|Clínica|Clínica Universitaria|Centro de Salud|Centro Médico|Instituto|Fundación|Hospital Comarcal|Hospital Regional|Policlínico|Sanatorio|Consorci Sanitari|Corporació Sanitària|Ciudad Sanitaria|Residencia'.split(
    '|',
  );
const SERVICES =
  'Urología|Oftalmología|Cardiología|Medicina Interna|Cirugía General|Neurología|Pediatría|Dermatología|Oncología|Radiología|Anatomía Patológica|Nefrología|Hematología|Ginecología|Traumatología|Neumología|Aparato Digestivo|Endocrinología|Reumatología|Psiquiatría|Urgencias|UCI'.split(
    '|',
  );
const HEAD = [
  'Datos del paciente.',
  'Nombre: {EFIRST}.',
  'Nombre:  {EFIRST}.',
  'Apellidos: {ELAST2}.',
  'NHC: {NHC}.',
  'CIPA: nhc-{NHC}.',
  'NASS: {NASS}.',
  'Domicilio: {EADDR}.',
  'Domicilio:  {EADDR}.',
  'Localidad/ Provincia: {ECITY}.',
  'CP: {CP}.',
  'CP:{CP}.',
  'Datos asistenciales.',
  'Fecha de nacimiento: {EDATE}.',
  'Fecha de Ingreso: {EDATE}.',
  'Fecha de ingreso: {EDATE}.',
  'Médico: {EFULL2} NºCol: {COL}.',
  'Médico:  {EFULL2}  NºCol: {COL}.',
  'Edad: {age} años Sexo: H.',
  'Edad: {age} Sexo: M.',
  'País: España.',
  'Especialidad: {serv}.',
  'Servicio: {serv}.',
  'Episodio: {EPI}.',
  'Teléfono: {ETEL}.',
  'Centro: {EFAC}.',
];
const BODY = [
  'Paciente de {age} años que acude a Urgencias por dolor abdominal de {n} días de evolución.',
  'Varón de {age} años, fumador, diagnosticado de hipertensión arterial.',
  'Mujer de {age} años sin antecedentes de interés.',
  'Antecedentes: enfermedad de Crohn, alergia a penicilina, intervenido de apendicitis.',
  'Antecedentes personales: diabetes mellitus tipo 2, dislipemia y cardiopatía isquémica.',
  'Exploración física: buen estado general, afebril, abdomen blando y depresible.',
  'Se realiza ecografía abdominal que informa de masa heterogénea de {n} cm.',
  'La analítica mostró hemoglobina de 12 g/dl, leucocitos 8.500 y plaquetas 250.000.',
  'TAC toraco-abdominal: sin hallazgos patológicos.',
  'Se solicita resonancia magnética que confirma la lesión.',
  'Se practicó nefrectomía radical derecha según técnica de Brooke.',
  'Evolución y comentarios: buena evolución postoperatoria, alta al quinto día.',
  'Diagnóstico principal: carcinoma de células renales.',
  'Tratamiento: antibioterapia con ceftriaxona y analgesia.',
  'Anatomía patológica: Gleason 3+4, sin invasión vascular.',
  'Signo de Murphy positivo. Signo de Babinski negativo.',
  'Síndrome de Sjögren, enfermedad de Behçet y enfermedad de Paget descartadas.',
  'Remitido desde {EFAC} para estudio.',
  'Ingresó en {EFAC} el {EDATE}.',
  'Fue intervenido el {EDATE} en {EFAC}.',
  'En {EMONTH} consulta por hematuria.',
  'Natural de {ECITY}, residente en {ECITY}.',
  'Vive en {ECITY} con su esposa.',
  'Trasladado a {EFAC} de {ECITY}.',
  'Valorado por el Dr. {ELAST1}.',
  'La Dra. {ELAST2} indicó tratamiento.',
  'El paciente {EFULL2} refiere mejoría.',
  'Acude {EFIRST} acompañado de su madre.',
  'Resumen de pruebas complementarias: Hemograma normal. Bioquímica: creatinina 1,2.',
  'Historia Actual: Paciente que refiere disuria y fiebre.',
  'Motivo de ingreso: Dolor lumbar.',
  'No se palpan adenopatías. Tacto rectal: próstata grado II.',
  'Sin alergias medicamentosas conocidas.',
];
const FOOT = [
  'Remitido por: {EFULL2} Servicio de {serv} {EFAC} {EADDR} {CP} {ECITY}. (España). Correo electrónico: {EMAILES}',
  'Remitido por: Dr. {EFULL2}. {EADDR}. {CP} {ECITY}. Email: {EMAILES}',
  'Responsable clínico: Dra. {EFULL2}. {EFAC}. {EADDR}. {CP} {ECITY}. {EMAILES}',
  'Remitido por: {EFULL2} {EADDR}, {CP}- {ECITY} (España) {EMAILES}',
  'Dirección para correspondencia: {EFULL2}. {EFAC}. {EADDR}, {CP} {ECITY}. Tel.: {ETEL}. {EMAILES}',
  'Remitido por: {EFULL2}, {EFAC}, {ECITY}. Tfno. {ETEL} Fax: {ETEL}',
];
const MONTHS = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ');

export function spanishReport(chance: Chance, lists: Lists, inner: Slots): readonly Piece[] {
  const slots: Slots = (slot) => spanishSlot(chance, lists, slot) ?? inner(slot);
  const some = (list: readonly string[], least: number, most: number): string[] =>
    Array.from({ length: chance.whole(least, most) }, () => chance.pick(list));
  const head = chance.is(0.8) ? HEAD.filter(() => chance.is(0.6)).join(chance.is(0.85) ? '\n' : ' ') : '';
  const body = some(BODY, 2, 7).join(' ');
  const foot = chance.is(0.7) ? chance.pick(FOOT) : '';
  return fill([head, body, foot].filter((part) => part !== '').join('\n'), slots);
}

const firstOf = (chance: Chance, lists: Lists): string =>
  `${chance.pick(lists.firstSpanish)}${chance.is(0.3) ? ` ${chance.pick(lists.firstSpanish)}` : ''}`;
const lastOf = (chance: Chance, lists: Lists): string =>
  chance.is(0.75) ? chance.pick(lists.lastSpanish) : chance.pick(lists.last.slice(0, MANY));
const lastsOf = (chance: Chance, lists: Lists): string =>
  `${lastOf(chance, lists)}${chance.is(0.05) ? ' de ' : chance.is(0.05) ? '-' : ' '}${lastOf(chance, lists)}`;
const name = (text: string): readonly Piece[] => [{ text, type: 'NAME' }];
const MANY = 3000; // of all family names: the first letters of the alphabet of every culture

type Maker = (chance: Chance, lists: Lists) => readonly Piece[];

const SLOTS: Readonly<Record<string, Maker>> = {
  EFIRST: (chance, lists) => name(firstOf(chance, lists)),
  ELAST1: (chance, lists) => name(lastOf(chance, lists)),
  ELAST2: (chance, lists) => name(lastsOf(chance, lists)),
  EFULL2: (chance, lists) => name(`${firstOf(chance, lists)} ${lastsOf(chance, lists)}`),
  ECITY: (chance, lists) => [
    { text: chance.is(0.8) ? chance.pick(CITIES) : chance.pick(lists.citiesWorld).name, type: 'LOCATION' },
  ],
  EADDR: (chance, lists) => [
    {
      text: `${chance.pick(WAYS)}${chance.pick([firstOf(chance, lists), lastsOf(chance, lists), chance.pick(CITIES), 'Mayor', 'Real', 'la Constitución', `Dr. ${lastOf(chance, lists)}`, `Santa ${chance.pick(lists.firstSpanish)}`])}${chance.pick([', ', ' ', ' nº ', ', nº'])}${chance.is(0.1) ? 's/n' : String(chance.whole(1, 190))}${chance.pick(['', '', `, ${chance.whole(1, 9)}º ${chance.capitals(1)}`, `, ${chance.whole(1, 9)} ${chance.capitals(1)}`])}`,
      type: 'LOCATION',
    },
  ],
  EFAC: (chance, lists) => [
    {
      text: `${chance.pick(KINDS)} ${chance.pick([chance.pick(SAINTS), `de ${chance.pick(CITIES)}`, `${chance.pick(SAINTS)} de ${chance.pick(CITIES)}`, `Dr. ${lastOf(chance, lists)}`])}`,
      type: 'FACILITY',
    },
  ],
  CP: (chance) => [{ text: String(chance.whole(1000, 52999)).padStart(5, '0'), type: 'LOCATION' }],
  EDATE: (chance) => [
    {
      text: `${String(chance.whole(1, 28)).padStart(2, '0')}/${String(chance.whole(1, 12)).padStart(2, '0')}/${chance.whole(1930, 2024)}`,
      type: 'DATE',
    },
  ],
  EMONTH: (chance) => [{ text: `${chance.pick(MONTHS)} de ${chance.whole(1990, 2024)}`, type: 'DATE' }],
  NHC: (chance) => [{ text: chance.digits(chance.whole(5, 9)), type: 'MRN' }],
  EPI: (chance) => [{ text: chance.digits(chance.whole(5, 9)), type: 'MRN' }],
  NASS: (chance) => [{ text: `${chance.digits(2)} ${chance.digits(8)} ${chance.digits(2)}`, type: 'HEALTH_PLAN' }],
  COL: (chance) => [{ text: `${chance.digits(2)} ${chance.digits(2)} ${chance.digits(5)}`, type: 'LICENSE' }],
  ETEL: (chance) => [
    {
      text: chance.pick([
        `${chance.digits(3)} ${chance.digits(3)} ${chance.digits(3)}`,
        `${chance.digits(2)} ${chance.digits(3)} ${chance.digits(2)} ${chance.digits(2)}`,
        chance.digits(9),
      ]),
      type: 'PHONE',
    },
  ],
  EMAILES: (chance, lists) => [
    {
      text: `${chance
        .pick(lists.firstSpanish)
        .normalize('NFD')
        .replace(/[^a-z]/giu, '')
        .toLowerCase()}${chance.digits(2)}@${chance.pick(['hotmail.com', 'yahoo.es', 'gmail.com', 'telefonica.net', 'terra.es'])}`,
      type: 'EMAIL',
    },
  ],
  serv: (chance) => [{ text: chance.pick(SERVICES), type: null }],
};

function spanishSlot(chance: Chance, lists: Lists, slot: string): readonly Piece[] | null {
  return SLOTS[slot]?.(chance, lists) ?? null;
}
