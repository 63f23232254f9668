// Drug names: one row per active ingredient, its United States generic name first, then brand names and spoken short forms.
// Facts collected by hand from openFDA labels and general knowledge; a name missing here is only checked as a word.
// A multi-word name is joined by `_`. Combination brands stand with their first ingredient.

export const DRUG_ROWS = `
lisinopril prinivil zestril zestoretic
enalapril vasotec
benazepril lotensin
ramipril altace
quinapril accupril
captopril capoten
losartan cozaar hyzaar
valsartan diovan
sacubitril entresto
irbesartan avapro
olmesartan benicar
telmisartan micardis
candesartan atacand
amlodipine norvasc
nifedipine procardia adalat
diltiazem cardizem tiazac
verapamil calan isoptin
metoprolol lopressor toprol
atenolol tenormin
carvedilol coreg
propranolol inderal
bisoprolol zebeta ziac
nebivolol bystolic
labetalol trandate
hydralazine apresoline
clonidine catapres
hydrochlorothiazide hctz microzide
chlorthalidone thalitone
furosemide lasix
torsemide demadex
bumetanide bumex
spironolactone aldactone
triamterene dyazide maxzide
digoxin lanoxin
amiodarone pacerone cordarone
sotalol betapace
flecainide tambocor
isosorbide imdur isordil
nitroglycerin nitrostat nitro
ranolazine ranexa
atorvastatin lipitor
simvastatin zocor
rosuvastatin crestor
pravastatin pravachol
lovastatin mevacor
ezetimibe zetia
fenofibrate tricor
gemfibrozil lopid
niacin niaspan
warfarin coumadin jantoven
apixaban eliquis
rivaroxaban xarelto
dabigatran pradaxa
enoxaparin lovenox
heparin
clopidogrel plavix
ticagrelor brilinta
prasugrel effient
aspirin ecotrin asa bayer
metformin glucophage
glipizide glucotrol
glyburide diabeta micronase
glimepiride amaryl
sitagliptin januvia
linagliptin tradjenta
empagliflozin jardiance
dapagliflozin farxiga
canagliflozin invokana
pioglitazone actos
liraglutide victoza saxenda
semaglutide ozempic wegovy rybelsus
dulaglutide trulicity
exenatide byetta bydureon
tirzepatide mounjaro zepbound
insulin humulin novolin
glargine lantus basaglar toujeo
lispro humalog
aspart novolog
detemir levemir
degludec tresiba
levothyroxine synthroid levoxyl unithroid
liothyronine cytomel
methimazole tapazole
propylthiouracil ptu
omeprazole prilosec
esomeprazole nexium
pantoprazole protonix
lansoprazole prevacid
rabeprazole aciphex
dexlansoprazole dexilant
famotidine pepcid
ranitidine zantac
sucralfate carafate
ondansetron zofran
metoclopramide reglan
promethazine phenergan
prochlorperazine compazine
meclizine antivert
loperamide imodium
bismuth pepto pepto_bismol
polyethylene_glycol miralax
docusate colace
senna senokot
bisacodyl dulcolax
psyllium metamucil
lactulose
linaclotide linzess
simethicone gas-x
calcium_carbonate tums
mesalamine asacol lialda pentasa
sulfasalazine azulfidine
dicyclomine bentyl
hyoscyamine levsin
acetaminophen tylenol paracetamol
ibuprofen advil motrin nurofen
naproxen aleve naprosyn anaprox
meloxicam mobic
diclofenac voltaren
celecoxib celebrex
indomethacin indocin
ketorolac toradol
etodolac lodine
nabumetone relafen
tramadol ultram
oxycodone percocet oxycontin roxicodone
hydrocodone norco vicodin lortab
morphine ms_contin
hydromorphone dilaudid
codeine
fentanyl duragesic
methadone
buprenorphine suboxone subutex
naloxone narcan
naltrexone vivitrol
cyclobenzaprine flexeril
methocarbamol robaxin
tizanidine zanaflex
baclofen lioresal
carisoprodol soma
metaxalone skelaxin
gabapentin neurontin
pregabalin lyrica
topiramate topamax
lamotrigine lamictal
levetiracetam keppra
phenytoin dilantin
carbamazepine tegretol
oxcarbazepine trileptal
valproate depakote divalproex valproic_acid
lacosamide vimpat
zonisamide zonegran
sumatriptan imitrex
rizatriptan maxalt
rimegepant nurtec
erenumab aimovig
butalbital fioricet
sertraline zoloft
fluoxetine prozac
escitalopram lexapro
citalopram celexa
paroxetine paxil
venlafaxine effexor
duloxetine cymbalta
desvenlafaxine pristiq
bupropion wellbutrin zyban
mirtazapine remeron
trazodone desyrel
amitriptyline elavil
nortriptyline pamelor
buspirone buspar
vortioxetine trintellix
alprazolam xanax
lorazepam ativan
clonazepam klonopin
diazepam valium
temazepam restoril
zolpidem ambien
eszopiclone lunesta
melatonin
hydroxyzine vistaril atarax
lithium lithobid
quetiapine seroquel
risperidone risperdal
olanzapine zyprexa
aripiprazole abilify
ziprasidone geodon
haloperidol haldol
clozapine clozaril
lurasidone latuda
methylphenidate ritalin concerta
amphetamine adderall
lisdexamfetamine vyvanse
atomoxetine strattera
guanfacine intuniv
donepezil aricept
memantine namenda
carbidopa sinemet
levodopa
ropinirole requip
pramipexole mirapex
albuterol proventil ventolin proair salbutamol
levalbuterol xopenex
fluticasone flonase flovent
salmeterol serevent advair
budesonide pulmicort symbicort rhinocort
formoterol
mometasone nasonex
beclomethasone qvar
tiotropium spiriva
ipratropium atrovent combivent duoneb
umeclidinium anoro
vilanterol breo
montelukast singulair
theophylline
benzonatate tessalon
guaifenesin mucinex robitussin
dextromethorphan delsym
pseudoephedrine sudafed
phenylephrine
loratadine claritin
cetirizine zyrtec
levocetirizine xyzal
fexofenadine allegra
diphenhydramine benadryl
azelastine astelin
epinephrine epipen adrenaline
prednisone deltasone
prednisolone
methylprednisolone medrol medrol_dosepak solu-medrol
dexamethasone decadron
hydrocortisone cortef
triamcinolone kenalog
betamethasone
clobetasol temovate
amoxicillin amoxil
augmentin clavulanate
ampicillin
penicillin
cephalexin keflex
cefdinir omnicef
cefuroxime ceftin
ceftriaxone rocephin
cefazolin ancef
azithromycin zithromax z-pak zpak
clarithromycin biaxin
erythromycin
doxycycline vibramycin
minocycline minocin solodyn
tetracycline
ciprofloxacin cipro
levofloxacin levaquin
moxifloxacin avelox
metronidazole flagyl
clindamycin cleocin
sulfamethoxazole bactrim septra
trimethoprim
nitrofurantoin macrobid
vancomycin
linezolid zyvox
gentamicin
fluconazole diflucan
terbinafine lamisil
clotrimazole lotrimin
ketoconazole nizoral
nystatin
acyclovir zovirax
valacyclovir valtrex
famciclovir famvir
oseltamivir tamiflu
paxlovid nirmatrelvir
mupirocin bactroban
neosporin bacitracin
ivermectin stromectol
permethrin elimite
hydroxychloroquine plaquenil
methotrexate trexall
leflunomide arava
adalimumab humira
etanercept enbrel
infliximab remicade
rituximab rituxan
tofacitinib xeljanz
tocilizumab actemra
secukinumab cosentyx
ustekinumab stelara
apremilast otezla
dupilumab dupixent
omalizumab xolair
azathioprine imuran
mycophenolate cellcept
tacrolimus prograf
cyclosporine neoral sandimmune
allopurinol zyloprim
colchicine colcrys
febuxostat uloric
probenecid
alendronate fosamax
risedronate actonel
ibandronate boniva
zoledronic_acid reclast
denosumab prolia
teriparatide forteo
raloxifene evista
estradiol estrace premarin
progesterone prometrium
medroxyprogesterone provera depo-provera
norethindrone
levonorgestrel mirena
testosterone androgel
clomiphene clomid
letrozole femara
anastrozole arimidex
tamoxifen nolvadex
finasteride proscar propecia
dutasteride avodart
tamsulosin flomax
doxazosin cardura
terazosin hytrin
prazosin minipress
oxybutynin ditropan
tolterodine detrol
mirabegron myrbetriq
solifenacin vesicare
sildenafil viagra
tadalafil cialis
phenazopyridine pyridium azo
desmopressin ddavp
tretinoin retin-a
isotretinoin accutane
adapalene differin
benzoyl_peroxide
epoetin epogen procrit
darbepoetin aranesp
filgrastim neupogen
ferrous_sulfate
cyanocobalamin
folic_acid folate
ergocalciferol
cholecalciferol
potassium_chloride klor-con
cisplatin
carboplatin
paclitaxel taxol
docetaxel taxotere
doxorubicin adriamycin
cyclophosphamide cytoxan
pembrolizumab keytruda
nivolumab opdivo
trastuzumab herceptin
bevacizumab avastin
imatinib gleevec
capecitabine xeloda
gemcitabine
etoposide
lenalidomide revlimid
hydroxyurea
sofosbuvir sovaldi epclusa harvoni
ledipasvir
entecavir baraclude
tenofovir truvada viread
emtricitabine descovy
bictegravir biktarvy
dolutegravir tivicay
interferon
glatiramer copaxone
ocrelizumab ocrevus
natalizumab tysabri
fingolimod gilenya
dimethyl_fumarate tecfidera
dalfampridine ampyra
pyridostigmine mestinon
riluzole
latanoprost xalatan
timolol timoptic
lidocaine xylocaine lidoderm
bupivacaine marcaine
capsaicin
varenicline chantix
nicotine nicorette
disulfiram antabuse
acamprosate
phentermine adipex
orlistat xenical alli
cabergoline dostinex
bromocriptine
octreotide sandostatin
somatropin
hyaluronate synvisc euflexxa
microgynon
botulinum botox
coq10
glucosamine
chondroitin
turmeric
`;
