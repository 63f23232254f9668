// Names that clinicians write in letters and digits and say letter by letter.

/** Written as here whether said as letters ("e c g") or heard as one word ("ecg"): none of them is a word otherwise. */
export const ABBREVIATIONS = `
ABG ACL ADHD AFP ALP ALS ALT ANA APTT AST AVM BMD BMI BMP BNP BPH CABG CBC CBT CDC CKD CMP COPD CPAP CPR CRP CSF CVA DEXA DKA DNR DVT ECG EEG
EKG EMG EMR EHR ENT ERCP ESR FBC FDA GCS GFR GERD GFR GI HCG HDL HIV HPV HSV IBD IBS ICD ICU INR IUD IVC IVF IUCD KUB LDL LFT LVEF MCH MCV MRA
MRI MRSA MRN NICU NHS NPO NSAID NSTEMI OCD OSA PCOS PCR PFT PICC PPD PRN PSA PTH PTSD PTT RBC RSV SLE SNRI SSRI STD STEMI STI SVT TENS TIA TMJ TSH UTI
URI URTI VTE WBC XR
`;

/** Written as here only where said letter by letter: as one word they are, or sound like, something else. */
export const SPELLED_ONLY = `
BID BP BUN CAD CAT CHF CT DOB ED EF ER GP HR IM IV LAD LV MI MS OR PCP PE PT QID ROM RR RV TB TID US
`;

/** Said → written, where letters alone do not tell. */
export const SAID_NAMES: Readonly<Record<string, string>> = {
  'a one c': 'A1c',
  'h b a one c': 'HbA1c',
  'hemoglobin a one c': 'hemoglobin A1c',
  'b twelve': 'B12',
  'c o two': 'CO2',
  's p o two': 'SpO2',
  'e g f r': 'eGFR',
  'h p i': 'HPI',
  'covid nineteen': 'COVID-19',
  covid: 'COVID',
  'x ray': 'x-ray',
  'x rays': 'x-rays',
  'twenty four seven': '24/7',
};

/** Vitamins and hormones with a number, and the words before them that make it sure. */
export const NUMBERED_NAMES = 'B1 B2 B6 D2 D3 K2 T3 T4';
export const NUMBERED_CUES = 'vitamin free total';

/** "o two" is oxygen before or after these. */
export const OXYGEN_AFTER = 'sat sats saturation saturations level levels therapy';
export const OXYGEN_BEFORE = 'supplemental home';

/** A number after these is the name of a kind: "grade two", "stage three". */
export const GRADED = 'grade stage class phase gravida para category';

/** "Type" is a verb as well: with these after it or before it the number names a kind. */
export const TYPED_BEFORE = 'diabetes diabetic';
export const TYPED_AFTER = 'diabetes diabetic diabetics respiratory hypersensitivity or and';

/** Levels of the spine and how many there are of each; heart sounds share the S. */
export const SPINE: Readonly<Record<string, number>> = { c: 7, t: 12, l: 5, s: 5 };

/** A single level is certain with one of these beside it. L needs none: it is no word, no vitamin and no hormone. */
export const SPINE_CUES =
  'vertebra vertebrae vertebral disc disk discs level spine spinal lumbar thoracic cervical sacral fracture radiculopathy dermatome nerve root';
/** A letter after these belongs to them: "vitamin c one", "hepatitis c two years ago". */
export const LETTERED = 'vitamin vitamins hepatitis hep plan type part group protein factor';
