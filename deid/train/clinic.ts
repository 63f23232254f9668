// What clinical texts are full of and what identifies nobody: the ground on which names have to be seen.
import { inWords } from './codes.ts';
import type { Lists } from './lists.ts';
import type { Chance } from './random.ts';

const list = (text: string): readonly string[] => text.split('|').map((item) => item.trim());

export const CONDITIONS = list(
  "hypertension|type 2 diabetes|Type 1 Diabetes|atrial fibrillation|AFib|COPD|asthma|CHF|congestive heart failure|heart failure with reduced ejection fraction|CAD|coronary artery disease|chronic kidney disease|CKD stage 3|hyperlipidemia|GERD|depression|major depressive disorder|generalized anxiety|bipolar disorder|schizophrenia|migraine|chronic migraines|epilepsy|MS|multiple sclerosis|Parkinson's disease|Alzheimer's disease|dementia|stroke|TIA|DVT|pulmonary embolism|pneumonia|community-acquired pneumonia|UTI|recurrent UTIs|sepsis|cellulitis|rheumatoid arthritis|osteoarthritis|lupus|SLE|gout|osteoporosis|breast cancer|metastatic breast cancer|prostate cancer|lung cancer|non-small cell lung cancer|colon cancer|ovarian cancer|melanoma|Hodgkin lymphoma|non-Hodgkin's lymphoma|multiple myeloma|acute myeloid leukemia|CLL|iron deficiency anemia|sickle cell disease|hypothyroidism|Graves' disease|Hashimoto's thyroiditis|Cushing's syndrome|Addison's disease|obesity|sleep apnea|OSA|insomnia|PTSD|ADHD|autism|Crohn's disease|ulcerative colitis|IBS|celiac disease|cirrhosis|hepatitis C|HIV|psoriasis|eczema|acne|glaucoma|macular degeneration|cataracts|otitis media|recurrent otitis media|sinusitis|allergic rhinitis|preeclampsia|gestational diabetes|endometriosis|PCOS|infertility|BPH|kidney stones|pancreatitis|cholecystitis|appendicitis|hernia|back pain|chronic low back pain|sciatica|fibromyalgia|neuropathy|diabetic neuropathy|carpal tunnel|rotator cuff tear|ACL tear|hip fracture|concussion|TBI|opioid use disorder|alcohol use disorder|tobacco use|long COVID|COVID-19|influenza|shingles|Lyme disease|tuberculosis|malaria|Guillain-Barré syndrome|Huntington's disease|ALS|myasthenia gravis|Bell's palsy|Marfan syndrome|Down syndrome|Turner syndrome|Kawasaki disease|Raynaud's|Sjögren's syndrome|Behçet's disease|Wilson's disease|Paget's disease|Barrett's esophagus|Takotsubo cardiomyopathy|Wolff-Parkinson-White|Brugada syndrome|aortic stenosis|mitral regurgitation|NSTEMI|STEMI|myocardial infarction|unstable angina|peripheral artery disease|abdominal aortic aneurysm|syncope|vertigo|Meniere's disease|tinnitus",
);
export const SYMPTOMS = list(
  'chest pain|shortness of breath|fatigue|dizziness|headache|nausea|vomiting|abdominal pain|back pain|knee pain|cough|fever|chills|night sweats|weight loss|palpitations|leg swelling|blurred vision|numbness|tingling|joint pain|rash|itching|constipation|diarrhea|dysuria|hematuria|insomnia|anxiety|low mood|confusion|falls|tremor|weakness|wheezing|sore throat|ear pain|runny nose|heartburn|bloating|dry mouth|hair loss|hot flashes|muscle cramps',
);
export const PROCEDURES = list(
  'bypass surgery|coronary bypass surgery|knee replacement|hip replacement|total hip arthroplasty|colonoscopy|EGD|cardiac catheterization|PCI with stent|CABG|appendectomy|cholecystectomy|hysterectomy|C-section|cataract surgery|MRI brain|CT chest|chest X-ray|echocardiogram|stress test|mammogram|Pap smear|biopsy|lumbar puncture|dialysis|chemotherapy|radiation therapy|Whipple procedure|Mohs surgery|TAVR|ablation|pacemaker placement|ICD implantation|Roux-en-Y gastric bypass|spinal fusion|laminectomy|tonsillectomy|thyroidectomy|mastectomy|prostatectomy|kidney transplant|liver transplant|bronchoscopy|EMG|EEG|Holter monitor|sleep study|DEXA scan',
);
export const GUIDELINES = list(
  'AHA|ACC/AHA|ADA|GOLD|JNC|JNC 8|NICE|USPSTF|IDSA|NCCN|KDIGO|ACOG|AAP|CDC|WHO|ESC|GINA|CHEST|ASCO|ACR|Surviving Sepsis|Beers|UpToDate|Cochrane',
);
export const SCORES = list(
  'Wells score|CHADS2 score|CHA2DS2-VASc score|HAS-BLED|MELD score|Child-Pugh class B|Apgar score|Glasgow Coma Scale|GCS|NIHSS|Ranson criteria|Centor score|CURB-65|Framingham risk|Gleason score|Ballard score|Braden score|Morse Fall Scale|Mallampati class II|Killip class|NYHA class III|ECOG performance status|Karnofsky score|PHQ-9|GAD-7|MMSE|MoCA|Edinburgh depression scale|Epworth score|Bishop score|Ottawa ankle rules|Rockall score|Hinchey stage|Tanner stage|Rutherford class|Garden type|Salter-Harris II fracture|Bosniak III cyst|BI-RADS 4|Ann Arbor stage',
);
export const SIGNS = list(
  "Babinski|Murphy's sign|McBurney's point tenderness|Romberg|Phalen's test|Tinel's sign|Lachman test|McMurray test|Spurling's maneuver|Trendelenburg gait|Homan's sign|Kernig sign|Brudzinski sign|Chvostek's sign|Cullen's sign|Hoffman reflex|Chaddock reflex|Gowers sign|Kussmaul respirations|Cheyne-Stokes breathing|Osler nodes|Janeway lesions|Roth spots|Virchow's node|Bitot spots|Koplik spots|Heberden nodes|Dix-Hallpike|Epley maneuver|Valsalva|Straight leg raise|Weber and Rinne|Allen test|Finkelstein test|Hawkins test|Neer sign|FABER|Ober test|Thomas test|Patrick test",
);
export const THINGS = list(
  'Foley catheter|Swan-Ganz catheter|Hickman line|PICC line|Jackson-Pratt drain|Penrose drain|Holter monitor|Snellen chart|Doppler|Bair Hugger|Yankauer|Bovie cautery|Balfour retractor|Kelly clamp|Allis clamp|Mayo scissors|Metzenbaum scissors|Steri-Strips|Dermabond|Medtronic pump|Dexcom G6|FreeStyle Libre|Omnipod|Philips CPAP|Stryker bed|Zimmer frame|Hoyer lift|Rollator|Bard mesh|Gore-Tex graft|Dacron graft|St. Jude valve|Edwards valve|Amplatzer device|Watchman device|Greenfield filter|Harrington rods|Kirschner wires|Ilizarov frame|Thomas splint|Velpeau sling|Unna boot|Spica cast|Pavlik harness|Milwaukee brace|Philadelphia collar|Miami J collar|Aspen collar|Boston brace|Denver shunt',
);
export const DEPARTMENTS = list(
  'cardiology|neurology|oncology|orthopedics|dermatology|urology|nephrology|endocrinology|gastroenterology|pulmonology|rheumatology|psychiatry|ophthalmology|ENT|OB/GYN|pediatrics|geriatrics|hematology|infectious disease|case management|Case Management|Wound Care|wound care|Pharmacy|Nutrition|Child Life|Pastoral Care|Respiratory Therapy|physical therapy|occupational therapy|speech therapy|social work|pain management|palliative care|the ICU|the ED|the emergency department|the ward|the OR|PACU|the cath lab|radiology|the lab|the pharmacy|our clinic|the clinic|the hospital|a tertiary care center|an outside hospital|a local hospital|urgent care|primary care|the nursing home|rehab',
);
const JOBS = list(
  'teacher|nurse|truck driver|carpenter|farmer|retired engineer|accountant|student|waitress|mechanic|office manager|construction worker|police officer|firefighter|cashier|software developer|retired|homemaker|lawyer|chef|pilot|musician',
);
const HABITS = list(
  'never smoked|smokes half a pack per day|quit smoking 5 years ago|drinks socially|denies alcohol|no illicit drugs|walks daily|lives alone|lives with spouse|has two cats',
);
const LABS = list(
  'WBC 7.2|Hgb 13.4|Hct 39.8|platelets 250,000|PLT 198|Na 138|K 4.2|Cl 102|CO2 24|BUN 18|Cr 1.1|creatinine 2.1|glucose 142|A1c 7.8%|HbA1c of 9.2|LDL 130|HDL 45|TSH 2.5|INR 2.3|troponin 0.04|BNP 450|AST 32|ALT 40|PSA 4.5|ESR 22|CRP 1.2|eGFR 58|ferritin 15|B12 350|vitamin D 22|lactate 1.8|pH 7.38|pO2 85',
);
const VITALS = list(
  'BP 120/80|BP 142/90 mmHg|HR 72|RR 16|T 98.6|Temp 37.2|SpO2 98% on RA|O2 sat 95%|weight 180 lbs|Wt 82 kg|height 5\'10"|BMI 31.2|pain 6/10',
);
const EXAM = list(
  'alert and oriented x3|in no acute distress|regular rate and rhythm|no murmurs, rubs, or gallops|lungs clear to auscultation bilaterally|abdomen soft, nontender, nondistended|5/5 strength bilaterally|2+ pulses|no edema|PERRLA|EOMI|moist mucous membranes|no lymphadenopathy|normal gait|cranial nerves II-XII intact|II/VI systolic murmur|trace pedal edema|mild wheezing|decreased breath sounds at the right base|tenderness over L4-L5|ROM limited to 90 degrees',
);
const DOSES = list(
  '5 mg daily|10 mg PO daily|20 mg qd|40 mg at bedtime|81 mg daily|500 mg BID|1000 mg twice daily|25 mg TID|100 mcg daily|0.5 mg prn|2 puffs q4h prn|10 units qhs|1 tablet every 6 hours as needed|50 mg weekly|one capsule three times a day|5000 units SQ q8h|1 g IV q24h|250 mL bolus',
);
const PLANS = list(
  'continue current medications|recheck labs in 3 months|follow up in 2 weeks|return to clinic as needed|increase the dose|start low-dose aspirin|refer to {dept}|obtain MRI|schedule colonoscopy|discussed risks and benefits|encouraged smoking cessation|low sodium diet|monitor blood pressure at home|wean oxygen as tolerated|advance diet|DVT prophylaxis|PT/OT evaluation|discharge home with services|will hold {drug}|titrate {drug} to effect|avoid NSAIDs|check {lab}|repeat echo in 6 months|order CBC and CMP',
);
const SEXES = list(
  'male|female|man|woman|M|F|gentleman|lady|Caucasian female|Hispanic male|African American male|Asian woman|pt|patient|boy|girl|male patient|female patient|white male|Black woman|nonbinary patient|pregnant woman|veteran|smoker',
);

/** What stands after a name that is a thing's: the name is nobody's then, whatever name it is. */
const HEADS = list(
  'syndrome|disease|sign|test|score|scale|index|criteria|classification|stage|grade|triad|tetrad|law|reflex|maneuver|procedure|operation|incision|approach|repair|flap|graft|splint|cast|brace|tube|catheter|drain|needle|clamp|forceps|retractor|scissors|stain|agar|medium|bodies|cells|nodes|lines|spots|rings|crystals|fracture|palsy|paralysis|contracture|hernia|cyst|tumor|sarcoma|lymphoma|thyroiditis|anemia|equation|formula|cycle|equilibrium|effect|phenomenon|curve|plot|lamp|tape|chart|solution|buffer|protocol|regimen|diet|exercises|position|view|angle|space|pouch|fossa|duct|gland|ligament|canal|muscle|virus|inventory|questionnaire|nomogram|staging|technique|monitor|line|valve|stent|filter|screw|rod|plate|prosthesis|cuff|pump|method|model|trial|study|rule|rules|system|anomaly|malformation|dystrophy|ataxia|encephalitis|fever|cell carcinoma|node|point|area|nucleus|loop|membrane|deformity|body|gait|murmur|pulse|breathing|respirations|tables|coefficient|distribution|lymphoma staging',
);

const anyLast = (chance: Chance, lists: Lists): string =>
  chance.pick(chance.pick([lists.people, lists.lastEnglish, lists.last, lists.eponyms]));

const anyEponym = (chance: Chance, lists: Lists): string =>
  chance.is(0.3) ? anyLast(chance, lists) : chance.pick(lists.eponyms);

/** `Okonkwo-Reyes syndrome`: an eponym that no list has. */
function newEponym(chance: Chance, lists: Lists): string {
  const names = chance.pick([1, 1, 1, 2, 2, 3]);
  const joined = Array.from({ length: names }, () => anyLast(chance, lists)).join('-');
  const head = chance.pick(HEADS);
  return `${chance.is(0.04) ? 'von ' : ''}${joined}${chance.is(0.25) ? "'s" : ''} ${chance.is(0.2) ? `${head.charAt(0).toUpperCase()}${head.slice(1)}` : head}`;
}

/** A genus and a species that no list has. */
function newOrganism(chance: Chance, lists: Lists): string {
  const stem = chance
    .pick(chance.pick([lists.people, lists.last, lists.medicine]))
    .replace(/[^A-Za-z]/gu, '')
    .toLowerCase();
  const genus = `${stem.charAt(0).toUpperCase()}${stem.slice(1)}${chance.pick(['ella', 'ia', 'bacter', 'bacillus', 'coccus', 'monas', 'myces', 'spora', 'um', 'us', 'ium'])}`;
  const species = `${chance.pick(lists.medicine).slice(0, 7).toLowerCase()}${chance.pick(['i', 'is', 'ensis', 'um', 'ae', 'ii', 'osa', 'ans', 'icus', 'us', 'a'])}`;
  return chance.is(0.2) ? `${genus.charAt(0)}. ${species}` : `${genus} ${species}`;
}

/** A brand that no list has. */
function newBrand(chance: Chance, lists: Lists): string {
  const parts = [
    'ax',
    'bri',
    'ce',
    'dor',
    'e',
    'fla',
    'glu',
    'hu',
    'in',
    'ju',
    'ky',
    'lo',
    'ma',
    'neu',
    'o',
    'pra',
    'qui',
    'ri',
    'syn',
    'tre',
    'u',
    'vi',
    'xel',
    'zo',
    'ti',
    'ra',
    'ven',
    'lim',
    'pro',
    'mir',
  ];
  const ends = [
    'da',
    'ra',
    'va',
    'xa',
    'tiq',
    'vo',
    'za',
    'lo',
    'ro',
    'mab',
    'nib',
    'fen',
    'lin',
    'cor',
    'pax',
    'dex',
    'zol',
    'max',
    'via',
    'tor',
    'evac',
    'flo',
    'gel',
    'derm',
  ];
  const word = (): string => chance.pick(lists.words.get(chance.pick([10, 20, 35])) ?? ['form']);
  const name = chance.pick([
    `${chance.pick(parts)}${chance.pick(parts)}${chance.pick(ends)}`,
    `${word()}${chance.pick(ends)}`,
    `${word()}${word()}`,
    `${chance.pick(parts)}${word()}`,
    chance.pick(lists.drugs).slice(0, chance.whole(4, 6)),
  ]);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Fillers by their slot's name. */
const FILLERS: Readonly<Record<string, (chance: Chance, lists: Lists) => string>> = {
  cond: (chance, lists) =>
    chance.is(0.08)
      ? `${anyEponym(chance, lists)}${chance.pick(["'s disease", ' syndrome', "'s syndrome", ' disease', "'s palsy", ' anomaly'])}`
      : chance.pick(CONDITIONS),
  sx: (chance) => chance.pick(SYMPTOMS),
  drug: (chance, lists) => {
    const die = chance.next();
    if (die < 0.12) return newBrand(chance, lists);
    return die < 0.65 ? recased(chance, chance.pick(lists.drugs)) : chance.pick(lists.brands);
  },
  brand: (chance, lists) => (chance.is(0.3) ? newBrand(chance, lists) : chance.pick(lists.brands)),
  neweponym: newEponym,
  newdrug: newBrand,
  organism: (chance, lists) => newOrganism(chance, lists),
  acr: (chance) => chance.capitals(chance.whole(2, 4)),
  proc: (chance) => chance.pick(PROCEDURES),
  guide: (chance) => chance.pick(GUIDELINES),
  score: (chance, lists) =>
    chance.is(0.7)
      ? chance.pick(SCORES)
      : `${anyEponym(chance, lists)} ${chance.pick(['score', 'scale', 'criteria', 'classification', 'index', 'grade'])}`,
  sign: (chance, lists) =>
    chance.is(0.6)
      ? chance.pick(SIGNS)
      : `${anyEponym(chance, lists)}${chance.pick(["'s sign", ' sign', "'s test", ' test', ' maneuver', ' reflex', "'s triad"])}`,
  thing: (chance, lists) =>
    chance.is(0.7)
      ? chance.pick(THINGS)
      : `${anyEponym(chance, lists)} ${chance.pick(['catheter', 'tube', 'clamp', 'retractor', 'drain', 'stain', 'forceps', 'splint', 'procedure', 'approach', 'incision', 'cells', 'bodies'])}`,
  dept: (chance) => chance.pick(DEPARTMENTS),
  job: (chance) => chance.pick(JOBS),
  habit: (chance) => chance.pick(HABITS),
  lab: (chance) => chance.pick(LABS),
  vital: (chance) => chance.pick(VITALS),
  exam: (chance) => chance.pick(EXAM),
  dose: (chance) => chance.pick(DOSES),
  plan: (chance, lists) =>
    chance.pick(PLANS).replace(/\{(\w+)\}/gu, (_, inner: string) => filler(chance, lists, inner)),
  sex: (chance) => chance.pick(SEXES),
  age: (chance) => String(chance.whole(1, 89)),
  n: (chance) => String(chance.whole(2, 12)),
  year: (chance) => String(chance.whole(1995, 2026)),
  state: (chance, lists) => chance.pick(lists.states),
  country: (chance, lists) => chance.pick(lists.countries),
  people: (chance, lists) => chance.pick(lists.peoples),
  unit: (chance) => chance.pick(['days', 'weeks', 'months', 'years', 'hours']),
  said: (chance) => inWords(chance.whole(12, 180)).replace(' hundred and ', ' ').replace(' hundred ', ' '),
  said2: (chance) => inWords(chance.whole(1, 12)),
  eponym: anyEponym,
  medcaps: (chance, lists) => chance.pick(lists.medicine).toUpperCase(),
  eponymcaps: (chance, lists) => chance.pick(lists.eponyms).toUpperCase(),
  brandcaps: (chance, lists) => chance.pick(lists.brands).toUpperCase(),
};

export function filler(chance: Chance, lists: Lists, slot: string): string {
  return FILLERS[slot]?.(chance, lists) ?? wordSlot(chance, lists, slot);
}

/** `word` and `Word`: any English word, so that odd words are met everywhere; `med`: any word of medicine. */
function wordSlot(chance: Chance, lists: Lists, slot: string): string {
  const level = chance.pick([10, 10, 20, 20, 35, 35, 35, 40, 50, 60]);
  const word = chance.pick(lists.words.get(level) ?? ['thing']);
  if (slot === 'word') return word;
  if (slot === 'Word') return word.charAt(0).toUpperCase() + word.slice(1);
  if (slot === 'med') return chance.pick(lists.medicine);
  if (slot === 'Med') {
    const term = chance.pick(lists.medicine);
    return term.charAt(0).toUpperCase() + term.slice(1);
  }
  throw new RangeError('a slot that nothing fills');
}

function recased(chance: Chance, drug: string): string {
  return chance.is(0.2) ? drug.charAt(0).toUpperCase() + drug.slice(1) : drug;
}
