// Note templates as data: which section takes which kind of content, in which order, and what a complete note has.
// LOINC codes: US Core clinical notes and C-CDA R2.1 section codes (hl7.org/fhir/us/core, hl7.org/cda/us/ccda).

/** The kinds of content a visit is sorted into; finer than any template's sections. */
export type Element =
  | 'reason'
  | 'history'
  | 'past'
  | 'medications'
  | 'allergies'
  | 'family'
  | 'social'
  | 'symptoms'
  | 'vitals'
  | 'exam'
  | 'results'
  | 'assessment'
  | 'plan'
  | 'instructions';

interface TemplateSection {
  readonly id: string;
  readonly title: string;
  readonly loinc?: string;
  readonly elements: readonly Element[];
  /** The section is shown, with nothing in it, when the visit had nothing for it. */
  readonly required: boolean;
}

/** `loinc`: the document type code for FHIR. `version` changes whenever the rows do. */
export interface NoteTemplate {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly loinc: string;
  readonly sections: readonly TemplateSection[];
}

const SOAP: NoteTemplate = {
  id: 'soap',
  version: 1,
  title: 'SOAP note',
  loinc: '11506-3',
  sections: [
    {
      id: 'subjective',
      title: 'Subjective',
      loinc: '61150-9',
      elements: ['reason', 'history', 'past', 'medications', 'allergies', 'family', 'social', 'symptoms'],
      required: true,
    },
    { id: 'objective', title: 'Objective', loinc: '61149-1', elements: ['vitals', 'exam', 'results'], required: true },
    { id: 'assessment', title: 'Assessment', loinc: '51848-0', elements: ['assessment'], required: true },
    { id: 'plan', title: 'Plan', loinc: '18776-5', elements: ['plan', 'instructions'], required: true },
  ],
};

const PROGRESS: NoteTemplate = {
  id: 'progress',
  version: 1,
  title: 'Progress note',
  loinc: '11506-3',
  sections: [
    { id: 'reason', title: 'Reason for visit', loinc: '29299-5', elements: ['reason'], required: false },
    {
      id: 'interval',
      title: 'Interval history',
      loinc: '10164-2',
      elements: ['history', 'past', 'family', 'social'],
      required: true,
    },
    { id: 'symptoms', title: 'Review of systems', loinc: '10187-3', elements: ['symptoms'], required: false },
    { id: 'allergies', title: 'Allergies', loinc: '48765-2', elements: ['allergies'], required: false },
    { id: 'medications', title: 'Medications', loinc: '10160-0', elements: ['medications'], required: false },
    { id: 'vitals', title: 'Vital signs', loinc: '8716-3', elements: ['vitals'], required: false },
    { id: 'exam', title: 'Physical examination', loinc: '29545-1', elements: ['exam'], required: true },
    { id: 'results', title: 'Results', loinc: '30954-2', elements: ['results'], required: false },
    {
      id: 'assessment',
      title: 'Assessment and plan',
      loinc: '51847-2',
      elements: ['assessment', 'plan'],
      required: true,
    },
    {
      id: 'instructions',
      title: 'Instructions and follow-up',
      loinc: '69730-0',
      elements: ['instructions'],
      required: false,
    },
  ],
};

export const TEMPLATES: readonly NoteTemplate[] = [SOAP, PROGRESS];

/** The template of that id, or null. */
export function templateById(id: string): NoteTemplate | null {
  return TEMPLATES.find((template) => template.id === id) ?? null;
}
