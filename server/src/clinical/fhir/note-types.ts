// LOINC types of notes: US Core "Clinical Notes" list (US Core 9.0.0 CI, clinical-notes page, read 2026-04).
// That IG's newer "Writing Clinical Notes" page differs for H&P (28655-1) and discharge (11535-2); this list is the normative one.

export const LOINC = 'http://loinc.org';

const table = {
  soap: { code: '11506-3', display: 'Progress note' },
  progress: { code: '11506-3', display: 'Progress note' },
  consult: { code: '11488-4', display: 'Consult note' },
  'history-and-physical': { code: '34117-2', display: 'History and physical note' },
  discharge: { code: '18842-5', display: 'Discharge summary' },
  procedure: { code: '28570-0', display: 'Procedure note' },
  emergency: { code: '34111-5', display: 'Emergency department Note' },
  nursing: { code: '34746-8', display: 'Nurse Note' },
  referral: { code: '57133-1', display: 'Referral note' },
} as const satisfies Record<string, { readonly code: string; readonly display: string }>;

/** The template's id: which LOINC type a note drafted under it has. */
export type NoteTypeId = keyof typeof table;

export const NOTE_TYPES: Readonly<Record<NoteTypeId, { readonly code: string; readonly display: string }>> = table;
