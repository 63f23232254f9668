// Drug names that are mistaken for one another.

/**
 * Pairs that are mistaken for one another when heard or read. From the FDA and ISMP lists of look-alike drug names
 * with recommended tall-man letters (ismp.org, "Look-Alike Drug Names with Recommended Tall Man Letters").
 */
export const LOOKALIKE_PAIRS = `
acetazolamide acetohexamide
alprazolam lorazepam
amlodipine amiloride
aripiprazole rabeprazole
atomoxetine atorvastatin
azathioprine azithromycin
bupropion buspirone
captopril carvedilol
carbamazepine oxcarbazepine
cefazolin ceftriaxone
celecoxib citalopram
cetirizine sertraline
chlorpromazine chlorpropamide
clonazepam clonidine
clonazepam lorazepam
clonidine klonopin
clomiphene clomipramine
clozapine clonazepam
cyclosporine cycloserine
dexamethasone dexmedetomidine
diphenhydramine dimenhydrinate
diltiazem diazepam
doxepin doxycycline
duloxetine fluoxetine
enalapril escitalopram
epinephrine ephedrine
fentanyl sufentanil
fluoxetine paroxetine
fluoxetine fluvoxamine
gabapentin gemfibrozil
glipizide glyburide
glimepiride glipizide
guaifenesin guanfacine
hydralazine hydroxyzine
hydralazine hydrochlorothiazide
hydrocodone oxycodone
hydromorphone morphine
hydroxyzine hydralazine
infliximab rituximab
labetalol lamotrigine
lamotrigine lamivudine
levetiracetam levofloxacin
levothyroxine liothyronine
lisinopril risperidone
losartan valsartan
metformin metronidazole
methadone methylphenidate
methimazole metolazone
metoprolol metoclopramide
metoprolol misoprostol
mycophenolate methotrexate
nicardipine nifedipine
nimodipine nifedipine
olanzapine quetiapine
oxycodone oxycontin
penicillin penicillamine
prednisone prednisolone
propranolol prednisolone
propylthiouracil purinethol
quetiapine olanzapine
quinapril quinine
risperidone ropinirole
rosuvastatin pravastatin
sitagliptin saxagliptin
sitagliptin sumatriptan
sulfadiazine sulfasalazine
sumatriptan zolmitriptan
tizanidine tiagabine
tramadol trazodone
valacyclovir valganciclovir
vinblastine vincristine
zolpidem zolmitriptan
celebrex celexa
cymbalta symbyax
klonopin clonidine
lamictal lamisil
losec lasix
xanax zantac
zantac zyrtec
zyprexa zyrtec
`;
