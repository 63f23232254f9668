// What is asked of the engine, as plain data in and out: the same whether it is done in place or in a thread of its own.
import {
  createEngine,
  createSecondLook,
  createSession,
  type DeidentifyOptions,
  type KnownIdentifier,
  type Model,
  type ReplacementMap,
  type Span,
} from '@cordon/deid';

/** Texts that belong together: one value has one token in all of them. */
export interface DeidTask {
  readonly texts: readonly string[];
  readonly options: Omit<DeidentifyOptions, 'known'> & {
    readonly known?: readonly KnownIdentifier[];
    readonly previous?: ReplacementMap;
  };
}

export interface DeidTexts {
  readonly texts: readonly {
    readonly text: string;
    readonly spans: readonly Span[];
    /** In the order of the spans. */
    readonly replacements: readonly string[];
  }[];
  readonly map: ReplacementMap;
}

/** Texts as they would leave. */
export interface LookTask {
  readonly texts: readonly string[];
  readonly canaries: readonly KnownIdentifier[];
  readonly map: ReplacementMap | null;
}

/** How many findings the second detector has, and the words for why; never of what. */
export interface LookAnswer {
  readonly hits: number;
  readonly reasons: readonly string[];
}

export interface Work {
  deidentify(task: DeidTask): DeidTexts;
  look(task: LookTask): LookAnswer;
  /** The first detector has nothing against it. */
  isPlain(text: string, year: number): boolean;
}

export function createWork(model: Model): Work {
  const engine = createEngine(model);
  const secondLook = createSecondLook(model);
  return {
    deidentify: ({ texts, options }) => {
      const session = createSession(engine, options);
      const made = session.deidentifyAll(texts);
      return { texts: made, map: session.map() };
    },
    look: ({ texts, canaries, map }) => {
      const found = texts.flatMap((text) => secondLook.read(text, canaries, map));
      return { hits: found.length, reasons: [...new Set(found.map(({ reason }) => reason))] };
    },
    isPlain: (text, year) =>
      engine.detect(text, { year }).every(({ start, end }) => isShortForm(text.slice(start, end))),
  };
}

/** Short forms that names of tools and fields are made of, and that stand alone in them as names of people do. */
const SHORT_FORMS: ReadonlySet<string> = new Set(
  'mrn ssn dob npi dea icd cpt hcpcs loinc rxnorm snomed ndc hl7 fhir ehr emr phi pii soap hpi ros bmi bp hr rr egfr gfr inr tsh wbc rbc hdl ldl a1c hba1c spo2 ecg ekg mri ct calc api sql json xml csv pdf url uri uuid id ids num no number note by'.split(
    ' ',
  ),
);

function isShortForm(text: string): boolean {
  return text.split(/\s+/).every((word) => SHORT_FORMS.has(word.toLowerCase()));
}

export type Asked =
  | { readonly kind: 'deidentify'; readonly task: DeidTask }
  | { readonly kind: 'look'; readonly task: LookTask };

/** Of the same kind as what was asked. */
export type Done = DeidTexts | LookAnswer;

export function carryOut(work: Work, asked: Asked): Done {
  switch (asked.kind) {
    case 'deidentify':
      return work.deidentify(asked.task);
    case 'look':
      return work.look(asked.task);
  }
}
