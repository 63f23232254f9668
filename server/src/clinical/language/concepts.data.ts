// Lay and clinical words for the same thing, one group a line: its name, then the phrases that mean it.
// Written by hand for this project. Phrases are compared after contraction opening; single words also by stem.

export const CONCEPT_ROWS = `
dyspnea: shortness of breath, short of breath, trouble breathing, difficulty breathing, problems breathing, problem breathing, winded, out of breath, breathing difficulty, breathlessness, breathless, hard to breathe, dyspnea, sob
orthopnea: laying flat, lying flat, lay flat, lie flat, laying down flat, orthopnea
swelling: swelling, edema, oedema, swollen, puffy, puffiness
vomiting: throwing up, throw up, threw up, vomiting, emesis, vomited, puking
abdomen: belly, stomach, tummy, abdomen, abdominal, gut
hypertension: high blood pressure, hypertension, hypertensive, elevated blood pressure
hyperlipidemia: high cholesterol, hyperlipidemia, hypercholesterolemia, elevated cholesterol
heart_failure: congestive heart failure, heart failure, chf
atrial_fibrillation: atrial fibrillation, a fib, afib
myocardial_infarction: heart attack, myocardial infarction
stroke: stroke, cva, cerebrovascular accident
gerd: acid reflux, reflux, gerd, gastroesophageal reflux disease, gastroesophageal reflux, heartburn
copd: copd, chronic obstructive pulmonary disease, emphysema
uti: urinary tract infection, uti, bladder infection
kidney_stone: kidney stone, kidney stones, nephrolithiasis, urolithiasis, renal stone
kidney: kidney, kidneys, renal
kidney_disease: kidney disease, chronic kidney disease, ckd, renal disease
heart: heart, cardiac, cardiovascular
lung: lung, lungs, pulmonary, respiratory
skin: skin, dermatologic, integumentary
liver: liver, hepatic
bruise: bruise, bruising, bruises, ecchymosis, contusion
redness: redness, red, erythema, erythematous
numbness: numbness, numb, numbing
tingling: tingling, paresthesia, paresthesias, pins and needles, tingly
rhinorrhea: runny nose, rhinorrhea
congestion: stuffy nose, stuffy, nasal congestion, congestion, congested
dizziness: dizzy, dizziness, lightheaded, lightheadedness, light headed, vertigo
syncope: passed out, pass out, syncope, fainted, fainting, faint, blacked out
fatigue: tired, fatigue, fatigued, exhausted, tiredness, exhaustion, low energy, lack of energy, worn out
fever: fever, fevers, febrile, high temperature
itching: itch, itching, itchy, pruritus, itchiness, itches
hives: hives, urticaria
palpitation: palpitations, palpitation, heart racing, racing heart, heart fluttering
urination: urinate, urinating, urination, urinary, urine, pee, peeing
dysuria: burning when you pee, burning with urination, painful urination, dysuria, burning urination
hematuria: blood in your urine, blood in my urine, blood in the urine, blood in urine, hematuria
bowel: bowel movement, bowel movements, stool, stools, poop, bm
melena: blood in the stool, blood in your stool, blood in my stool, bloody stools, blood in the stools, hematochezia
menses: period, periods, menses, menstrual, menstruation
tobacco: smoke, smoking, smoker, smoked, cigarettes, cigarette, tobacco
alcohol: alcohol, drink, drinks, drinking, drinker, beer, wine, etoh
surgery: surgery, surgical, operation, surgeries, operated
anticoagulant: blood thinner, blood thinners, anticoagulant, anticoagulation
diuretic: water pill, water pills, diuretic, diuretics
nsaid: nsaid, nsaids, anti inflammatory, anti inflammatories, antiinflammatory, nonsteroidal
medial: medial, medially, inside, inner
lateral: lateral, laterally, outside, outer
flexion: flexion, flex, flexing, bend, bending, bends
extension: extension, extend, extending, straighten, straightening
palpation: palpation, palpate, palpated, press, pressing, push, pushing, touch
leg: leg, legs, lower extremity, lower extremities
arm: arm, arms, upper extremity, upper extremities
xray: x ray, x rays, radiograph, radiographs, xray, radiographic
ct: ct, cat scan, computed tomography, ct scan
mri: mri, magnetic resonance imaging
ultrasound: ultrasound, sonogram
echo: echocardiogram, echo
ekg: ekg, ecg, electrocardiogram
lab: lab, labs, laboratory, blood work, bloodwork, blood test, blood tests
physical_therapy: physical therapy, pt
pcp: pcp, primary care, primary care physician, primary care provider, primary care doctor
follow_up: follow up, followup, follow, come back, return, see you back, see you again, recheck
glucose: blood sugar, blood sugars, glucose, sugar, sugars, sugar levels
weight_gain: weight gain, gained weight, gain weight, gained
weight_loss: weight loss, lost weight, losing weight
depression: depression, depressed, depressive
anxiety: anxiety, anxious, nervous
worry: worried, worry, concerned, concern, concerning
monitor: monitor, monitoring, watch, watching, check, checking, keep an eye
continue: continue, continued, continuing, keep, stay on, remain
start: start, started, starting, begin, initiate, initiated, put you on
stop: stop, stopped, discontinue, discontinued, quit, hold off
increase: increase, increased, increasing, go up, bump, raise, up
decrease: decrease, decreased, decreasing, reduce, reduced, lower, limited, less
prescribe: prescribe, prescribed, prescription, prescriptions, rx, give
refer: refer, referral, referred, referring, send you
order: order, ordered, ordering
normal: normal, unremarkable, fine, good, within normal limits, normal limits, great, okay
improve: improve, improved, improving, better, improvement, resolved, help, helped, helping, helps, relief, relieve, relieved, relieves
worsen: worse, worsen, worsening, worsened, aggravate, aggravated, exacerbated, exacerbate, exacerbates
range_of_motion: range of motion, rom
straight_leg_raise: straight leg raise, straight leg raising, slr
blood_pressure: blood pressure, blood pressures, bp
heart_rate: heart rate, pulse, hr
murmur: murmur, murmurs
hyperglycemia: high blood sugar, high sugar, hyperglycemia
hypothyroid: hypothyroidism, hypothyroid, underactive thyroid
joint: joint, joints
ankle: ankle, ankles
wound: wound, wounds, ulcer, ulcers, sore on
injury: injury, injured, injuries, injure, trauma, hurt
fracture: fracture, fractured, fractures, broken, break, broke
mass: mass, masses, lump, lumps, lesion, lesions
medication: medication, medications, medicine, medicines, meds, med, pills
child: child, children, kid, kids, son, daughter
mother: mother, mom, maternal
father: father, dad, paternal
sleep: sleep, sleeping, insomnia
exercise: exercise, exercises, exercising, workout, working out, physical activity
diet: diet, dietary, eating
hearing: hearing, hear
vision: vision, visual, eyesight
stairs: stairs, stair
doctor: doctor, physician, provider, specialist
vaccine: vaccine, vaccines, vaccination, vaccinated, shot, shots, immunization, immunizations
injection: injection, injections
hospital: hospital, hospitalized, hospitalization, admitted
emergency: emergency room, emergency department, er
understand: understand, understands, agree, agrees, agreement, sounds good, sound good
bilateral: bilateral, bilaterally, both sides
biopsy: biopsy, biopsied, biopsies
tender: tender, tenderness, sore, soreness
clear: clear, clear to auscultation
regular_rhythm: regular rate and rhythm, regular rhythm
constipation: constipation, constipated
headache: headache, headaches, head hurts, head pain
chest_pain: chest pain, chest pains, chest hurts
sore_throat: sore throat, throat pain, throat hurts
appetite: appetite, hungry
cough: cough, coughing, coughed, coughs
type_two: type 2, type two, type ii
`;

/** Words that mark clinical content: a passage with none of them is rarely worth a line in a note. */
export const CLINICAL_WORDS = `
ache aches aching pain pains painful hurt hurts hurting sore soreness stiff stiffness swelling swollen edema numb numbness tingling weak weakness burning
fever fevers chills cough coughing wheeze wheezing breath breathing dyspnea congestion nasal throat sneezing nausea vomiting diarrhea constipation bloating
bloated appetite weight fatigue tired dizzy dizziness lightheaded headache headaches migraine vision hearing rash itchy itching hives bruise bruising redness bleeding blood clot
urine urinary urination bladder kidney stool stools bowel bowels menstrual period periods pregnant pregnancy menopause discharge
anxiety depression depressed anxious sleep insomnia mood memory seizure seizures stroke syncope fainted palpitations chest heart lungs lung
abdomen abdominal belly stomach back neck shoulder shoulders elbow wrist hand finger fingers thumb hip knee knees ankle foot feet toe toes leg legs arm arms spine lumbar
head face eye eyes ear ears nose sinus mouth skin breast thyroid liver spleen prostate colon lymph nodes joint joints muscle muscles bone bones tendon ligament nerve
diabetes hypertension asthma copd cancer tumor mass lesion lump nodule cyst polyp arthritis gout osteoporosis osteoarthritis anemia infection pneumonia bronchitis reflux gerd
cholesterol fracture sprain strain tear tendonitis bursitis radiculopathy neuropathy hernia herniation carpal tunnel ulcer wound cellulitis eczema psoriasis acne dermatitis melanoma
hepatitis cirrhosis failure fibrillation murmur arrhythmia infarction stent bypass valve transplant dialysis stones thrombosis embolism
surgery surgical procedure operation biopsy colonoscopy endoscopy mammogram mri ct scan xray x-ray ultrasound echocardiogram echo ekg stress test labs lab
hemoglobin a1c creatinine glucose sugar sugars pressure temperature pulse saturation oxygen hematocrit platelet platelets count sodium potassium bilirubin tsh antibody culture
medication medications medicine medicines prescription prescribe prescribed dose dosage milligram milligrams mg tablet tablets pill pills capsule inhaler injection injections shot cream ointment
antibiotic antibiotics steroid steroids insulin vitamin supplement supplements allergy allergies allergic vaccine vaccines vaccinated refill refills
smoke smoking smoker cigarettes tobacco alcohol drink drinking marijuana drugs exercise diet therapy therapist physical rehab brace splint cast crutches sling wrap ice heat compression
tenderness tender palpation effusion erythema ecchymosis crackles rales rhonchi wheezes auscultation rebound guarding motion flexion extension rotation abduction strength reflexes sensation gait
normal abnormal negative positive bilateral unremarkable elevated decreased increased reduced mild moderate severe acute chronic stable worse worsening improving improved better
diagnosis diagnosed history symptoms symptom condition treatment treat treated refer referral specialist cardiologist neurologist orthopedic dermatologist oncologist
hospital admitted emergency injury injured accident fall fell twisted follow follow-up monitor weeks week months month years days ago yesterday since
family mother father brother sister mom dad grandmother grandfather married divorced work job retired lives
`;

/** Symptoms, findings, conditions, habits: what a text affirms or denies of a patient. Other words carry no sign of their own. */
export const FINDING_WORDS = `
ache aching pain hurt sore stiff swelling swollen edema numb tingling weak burning fever chills sweats cough wheeze breath dyspnea congestion sneezing nausea vomiting
diarrhea constipation bloating bloated fatigue tired dizzy lightheaded headache migraine rash itch hives bruise redness bleeding clot discharge
anxiety depression insomnia seizure stroke syncope faint palpitation pregnant smoke alcohol marijuana tobacco
diabetes hypertension asthma copd cancer tumor mass lesion lump nodule cyst polyp arthritis gout osteoporosis osteoarthritis anemia infection pneumonia bronchitis
reflux gerd fracture sprain strain tear tendonitis bursitis radiculopathy neuropathy hernia ulcer cellulitis eczema psoriasis acne dermatitis melanoma
fibrillation murmur arrhythmia thrombosis embolism tender effusion erythema ecchymosis crackles rales rhonchi rebound guarding drainage deformity abnormality abnormal
allergy injury trauma suicidal homicidal thrush exudate lymphadenopathy jaundice distress problem issue spasm cramp cramping limp instability catching locking popping
malignancy recurrence metastasis evidence complication relief improve improvement worse radiate radiating dysuria hematuria incontinence dysphagia
`;
