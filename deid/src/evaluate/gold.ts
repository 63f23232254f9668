// Gold standards in their own vocabularies, brought to ours; what Safe Harbor lets stay counts neither way.
import type { Category } from '../span.ts';

/** A gold span as corpora give it: offsets in UTF-16 code units, `type` in the corpus' own words. */
export interface ForeignSpan {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

export interface ForeignDocument {
  readonly id: string | number;
  readonly text: string;
  readonly spans: readonly ForeignSpan[];
}

/** `neutral`: may be removed or not; asked of nobody. */
export type GoldType = Category | 'neutral';

export interface GoldSpan {
  readonly start: number;
  readonly end: number;
  readonly type: GoldType;
}

const FOREIGN: Readonly<Record<string, GoldType>> = {
  GEOGRAPHIC_LOCATION: 'LOCATION',
  UNIQUE_IDENTIFIER: 'OTHER_ID',
  MEDICAL_RECORD_NUMBER: 'MRN',
  HEALTH_PLAN_BENEFICIARY_NUMBER: 'HEALTH_PLAN',
  EMAIL_ADDRESS: 'EMAIL',
  PHONE_NUMBER: 'PHONE',
  SOCIAL_SECURITY_NUMBER: 'SSN',
  ACCOUNT_NUMBER: 'ACCOUNT',
  CERTIFICATE_LICENSE_NUMBER: 'LICENSE',
  FAX_NUMBER: 'FAX',
  IP_ADDRESS: 'IP',
  PERSON: 'NAME',
  STREET_ADDRESS: 'LOCATION',
  ORGANIZATION: 'FACILITY',
  GPE: 'LOCATION',
  DATE_TIME: 'DATE',
  CREDIT_CARD: 'ACCOUNT',
  US_SSN: 'SSN',
  US_DRIVER_LICENSE: 'LICENSE',
  TITLE: 'neutral',
  DOMAIN_NAME: 'URL',
  ZIP_CODE: 'LOCATION',
  NRP: 'neutral',
  IBAN_CODE: 'ACCOUNT',
  CORREO_ELECTRONICO: 'EMAIL',
  NOMBRE_PERSONAL_SANITARIO: 'NAME',
  NOMBRE_SUJETO_ASISTENCIA: 'NAME',
  EDAD_SUJETO_ASISTENCIA: 'AGE',
  ID_TITULACION_PERSONAL_SANITARIO: 'LICENSE',
  ID_EMPLEO_PERSONAL_SANITARIO: 'OTHER_ID',
  FECHAS: 'DATE',
  SEXO_SUJETO_ASISTENCIA: 'neutral',
  PAIS: 'neutral',
  TERRITORIO: 'LOCATION',
  CALLE: 'LOCATION',
  ID_ASEGURAMIENTO: 'HEALTH_PLAN',
  ID_SUJETO_ASISTENCIA: 'MRN',
  FAMILIARES_SUJETO_ASISTENCIA: 'neutral',
  HOSPITAL: 'FACILITY',
  INSTITUCION: 'FACILITY',
  CENTRO_SALUD: 'FACILITY',
  PROFESION: 'neutral',
  NUMERO_TELEFONO: 'PHONE',
  NUMERO_FAX: 'FAX',
  ID_CONTACTO_ASISTENCIAL: 'OTHER_ID',
  OTROS_SUJETO_ASISTENCIA: 'neutral',
  DIREC_PROT_INTERNET: 'IP',
  URL_WEB: 'URL',
  NUMERO_BENEF_PLAN_SALUD: 'HEALTH_PLAN',
  IDENTIF_VEHICULOS_NRSERIE_PLACAS: 'VEHICLE',
  IDENTIF_DISPOSITIVOS_NRSERIE: 'DEVICE',
  IDENTIF_BIOMETRICOS: 'BIOMETRIC',
  OTRO_NUMERO_IDENTIF: 'OTHER_ID',
};

const STATES =
  /^(?:Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|West Virginia|Wisconsin|Wyoming|[A-Z]{2})$/u;
const HONORIFIC = /^(?:dr|mr|mrs|ms|miss|prof|doctor|sr|sra|dra|don|do[ñn]a)\.?\s+/iu;

/** Gold in our categories; `all`: nothing but unknown types is neutral. Errors: RangeError for a span outside its text. */
export function goldOf({ text, spans }: ForeignDocument, known: ReadonlySet<string>, all = false): readonly GoldSpan[] {
  return spans.flatMap(({ start, end, type }): readonly GoldSpan[] => {
    if (!(start >= 0 && end <= text.length && start < end)) throw new RangeError('a gold span lies outside its text');
    const own = known.has(type) ? (type as Category) : (FOREIGN[type] ?? 'neutral');
    const value = text.slice(start, end);
    if (all) return [{ start, end, type: own === 'neutral' ? 'OTHER_ID' : own }];
    if (isKept(own, value)) return [{ start, end, type: 'neutral' }];
    const honorific = own === 'NAME' ? (HONORIFIC.exec(value)?.[0].length ?? 0) : 0;
    const rest: GoldSpan = { start: start + honorific, end, type: own };
    return honorific === 0 ? [rest] : [{ start, end: start + honorific, type: 'neutral' }, rest];
  });
}

/** What 164.514(b)(2)(i) lets stay: ages to 89, years, States. */
function isKept(type: GoldType, value: string): boolean {
  if (type === 'AGE') {
    const years = Number(/\d+/u.exec(value)?.[0] ?? 0);
    return years < 90 || /mes|d[ií]a|semana|month|week|day/iu.test(value);
  }
  if (type === 'DATE') return /^(?:a[ñn]os?\s)?(?:19|20)\d\d$/iu.test(value.trim());
  return type === 'LOCATION' && STATES.test(value.trim());
}
