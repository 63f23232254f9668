// Word stems that a recogniser may be expected to write of a visit. A word outside them is a name, a rare term, or misheard.
// Gathered from public dialogues and their notes (ACI-Bench train, valid and test1, PriMock57; CC BY 4.0) and from answers to
// health questions (MedQuAD, CC BY 4.0: words of at least ten of its 17,402 passages). Stop words, clinical words and drugs are listed elsewhere.

export const VISIT_STEMS = `
aat ab abcd abdo abdomenth abi abigail abilit ablat able abnorm abnormalar abnormalit abort abov abroad abrupt abscess absenc absent absolut absorb absorpt abstain
abstract abundant abus abut abx ac academ accelerat accentuat accept acceptabl access accessor accidental accompan accompani accomplish accord according account
accountabilit accountant accu accumulat accurat accustom acd ace acetabular acetabulum acetat acetyl acetylcholin achalasia achiev achill achondrogenesis
achondroplasia achy acid acidic acidit acitretin acknowledg acl acquir acro acromioclavicular acronym across act acth actin actinic activ activat activit actu actual
acuit acupunctur acyl acylcarnitin ad ada adam adapt add addict addison addit addition additional additiv address adduct adenin adenoid adenoma adenomatous adenosin
adequat adhd adhes adhesiv adipos adjacent adjunct adjust adjuvant adl admin administer administrat adnexal adobe adolescenc adolescent adopt adrenal
adrenocorticotropic adrenoleukodystroph adriana adult adulthood advanc advantag adventurous advers advic advil advis advisabl aerobic af afebril affect affinit
affirm afford afib afp afraid africa african aftercar afternoon afterward against aganglionic agav age aged agenc agenesis agent aggravat aggregat aggress aggressiv
agh aging agit agitat agonist agre agreeabl agricultur agricultural ahead ahs ai aicardi aid aim aip air airborn aircast airplan airspac airwa akinesia al alabama
alae alagill alan alanin alarm alaska alavert albendazol albert albinism albright albumin alcoholic alcoholism aldosteron aldrich ale alert alex alexander alfa alic
align aliv alk alkalin alky allel allen allergen allergist alleviat allow almond almost alon along alopecia alp alpha alport alread alright als alt alter alterat
alternat alternativ although altitud altogether alveolar alveoli alwa alzheimer amanda amaz ambiguous amblyopia ambulanc ambulat ambulator amd amelanotic
amelogenesis america american amino amish aml ammonia amniocentesis amniotic among amount amp amphetamin amplitud amputat amyloid amyotroph amyotrophic anal
analgesia analgesic analysis analyz anaphylactic anaphylaxis anaplastic anatom ancestr anchor anderson andrea andrew androgen aneamia anemiaa anemic anencepha
anesthesia anesthetic aneurysm angela angelman anger angina angioedema angiogenesis angioma angiotensin angl angr angulat animal animat aniridia anitibiotic ankylos
anna anniversar anno annu annual annular anoma anomalous anonychia anophthalmia anorectal anorexia anosmia another answer antacid antagonist antalgic antenatal
anterior anterolater anterolateral anterosuperior antevert anthon anti anticancer anticholinergic anticipat anticoagulant anticonvulsant antidepressant antidiuretic
antiepileptic antifungal antigen antihelix antihistamin antiinflammator antimalarial antimicrobial antioxidant antiphospholipid antiplatelet antipsychotic
antitrypsin antiviral anus anybod anymor anyon anyth anytim anywa anywher aorta aortic ap apart apc aphakia aphasia aphthous aplasia aplastic apnea apolog apologiz
app apparent appear appearanc appendag appendix appl applaud appli applianc applicat appoint appreciabl appreciat approach appropriat approv approval approximat
apraxia april aps ar arachnodact arachnoid arb arch ard area areata areflexia arent arginin argu aris armani armpit arnold aromatas around arous arrang arrest
arrhythmogenic arriv arsenic art arter arterial arteriosus arteriovenous arthritic articl articular artificial ary asbesto ascend ascit asd aseptic ashkenazi asia
asian asic asid ask asleep aspect asperger aspirat asplenia assa assemb assembl assess assist assistanc assistant assistiv assoc associat assum ast astigmatism
astrocytoma astronomic asymmetr asymmetric asymmetrical asymptomatic atan ataxia atelectasis atelosteogenesis athlet athletic athsma atom atopic atp atresia atria
atrial atrioventricular atrium atroph atrophic attach attack attainabl attempt attend attent attribut atypical au audibl audienc audio audiolog audiologist auditor
august aunt aura aureus auriculo australia author autism autistic auto autoantibod autoimmun autoimmunit autoinflammator automatic autonomic autops autosomal avail
availabilit availabl avascular aveeno aveno avenu averag avid avm avocado avoid avoidanc avr aw awak awaken awar away awesom awful awkward axenfeld axial axillar
axis axon axonal aye ayrton azoospermia babinski baby babylon backach backbon backflow background backhand backlog backsw backward backyard bacteria bacterial
bacterium badl bag bak baker balanc bald ball balloon balm banana band bandag bang banter bar baraitser barbara barbiturat bardet bare barefoot barium bark barle
barn barr barrel barrier bart bartle bartter bas basal base baseball baselin basic basilar basis basket basketball batcher bath bathroom batten batter battl bbb bd
beach bead beak beam bean bear beat beautiful becam becker beckwith becom bed bedridden bedroom bedsid bedtim bee beef beer beet beforehand begin behavior behavioral
behcet behind belief believ belong below belt ben bend beneath beneficial benefit benign bennett bent benzodiazepin besid bet beta bethesda betnovat bett between
bever beverag beyond bicarbonat bicep bicon biconcav bicornuat bicuspid bicycl biedl bifid bifida big bigger biggest bik bike biker bilater bile biliar bill bilous
bimanual bin bind binder binswanger biochemical biofeedback biofreez biolog biologic biological biomarker biomedical biopsi biosynthetic biotherap biotin bipolar
bird birt birth birthda birthmark bisphosphonat bit bite bitemporal bitten bitter black blad blam blanch bland blanket blast ble bleach blepharospasm blind blink
blister block blockag blocker blond bloodstream bloodwork blot blotch blow blue blueprint bluish blunt blur blurr bmi bmp bnp bo board boat bobb bodi body boil bold
bony book booklet boom boost booster boot bor border borderlin born boss boston bother bothersom bottl bottom botulism bounc bound bout bow bowl box boy boyfriend bp
bph bpm bppv bra bracelet brachial brachioradialis brachycepha brachydact bracket bradycardia bradykinesia braf brain brainstem bran branch branchial
branchiootorenal brand brandon brazil bread break breakag breakdown breakfast breakthrough breash breastbon breastf breastfeed breathless breslow brian brick bridg
brief bright brighter brilliant bring brisk brittan brittl broad broccoli brock brod bron bronchi bronchial bronchiectasis bronchodilator bronchopulmonar brong brook
broth brow brown brownish bruc bruit brunt brush brutal bryan bsa bubbl buck buckl bud budd bug build buildup built bulb bulbar bulbous bulg bulk bull bullosa bum
bump bun bunch bundl bunion bunn burden burger burp burst bus buschk busi busy butler butter butterf buttock button buy buzz bye byproduct ca cabbag cabg cad cadasil
cadberr cadbo cadenc caf cafe cafeteria caffein cag cage cah cake calcaneovalgus calcificat calcitonin calcitriol calculat calculator calendar calf california call
callosum callus calm calor calori caloric calv calvaria calvarial camera camila camp campaign campbell camptodact camurati can canada canadian canal canavan cancel
cand candidat cane canola cant cap capabl capacit capillar capital capsular captur car carb carbinol carbo carbohydrat carbon carbonat carboxylas carcinoid carcinoma
card cardiac cardio cardiofaciocutaneous cardiogenic cardiolog cardioprotectiv cardiopulmonar cardiovascular cardioverter care career careful caregiv caregiver
caretaker carinatum carious carne carnitin carolyn caroten carotid carpet carr carri carrier carrot cart cartilag cascad case cashier castor cat cataplex cataract
catch categor categoriz cath catherin catheter catheterizat cattl caucasian caught caus causativ caut cautious cava cave cavernous cavit cavus cb cbc cc cda cdc cdg
ceas ceil celebrat celeston celiac cell cellular center centimeter centr central centraliz centronuclear cephalic cephalopolysyndact ceramic cerazett cereal
cerebellar cerebellum cerebral cerebrospinal cerebrotendinous cerebrum ceroid certain certaint certif cervical cervix cesarean cessat cetera cetraban cetraben cf cfs
chain chainsaw chair chalk challeng chamber champ championship chanc chang channel chaotic chapman characteristic characteriz charcoal charcot charg charl charli
chart chas chat chd cheap cheaper cheat check checkup cheek cheekbon cheer cheerio chees cheeseburger chek chelat chem chemic chemical chemist chemistr chemo
chemotherap cherr cheryl chew chf chiari chiasm chiasmal chicken chickenpox chickpea chief chil chilblain child childbear childbirth childhood chim chin china chines
chip chiropractor chlamydia chlorin chlorphenamin choanal chocolat choic chok chol cholestasis chondrocyt chondrodysplasia chondromalacia choos chop chor chorea
chorionic chorioretinal choroid choroidal chosen choudhr christin christina chromium chromosom chromosomal chubbier chunk chunkier ciao cigar cilia ciliar cimetidin
cincinnati circl circuit circular circulat circulator circumferenc circumstanc cisplacin cisplestan citrat citrus city cjd ckd cla claim clamm clarif clarit clark
class classic classical classif classifi classificat claudicat clavicl claw clean cleaner cleans cleanser clear clearanc cleft cleidocranial clench clenil cleveland
click climat climb clinic clinical clinicaltrial clinician clinodact clip clock clog clonic clonus clos closer closest clostridium closur cloth cloud cloudi
cloverleaf club clubfeet clubfoot clubhous clue clump clumsi cluster cm cmd cml cmp cmv cns co coa coach coagulat coalit coarctat coars coast coat cocain cochlear
cockayn coconut cocp codamol code coenzym cofactor coffe coffin cognisant cognit cognitiv coincid coincidenc cola cold colder coli coll collagen collagenas
collagenous collaps collar collarbon collateral colleagu collect collectiv colleg collin colonic color colorectal colorless colostom colour colpocepha columbus
columella column com coma comb combat combin combinat come comedogenic comedon comedonal comfort comfortabl command comment commerci commercial comminut commit
committe common communicat communit commut comodonal comp compan compar comparison compart compensat compl complain complaint complementar complet complex complianc
compliant complicat component compos composit compound comprehensiv compris compromis compulsiv comput computer computeriz con concav conceiv concentrat concept
concern conclus conclusiv concurrent concuss conditioner condom condromalacia conduct conductiv cone confidenc confident confidential confin confirm confirmat
conflict confus congenita congenital congestiv congo congratulat congruenc conical conjugat conjunct conjunctiva conjunctival connect connectiv conscious consent
consequenc consequent conserv conservativ consider considerab considerabl considerat consist consistenc consistent consortium constant constitutional constitutiv
constrict construct consult consultat consum consumer consumpt contact contagious contain container contaminat content contiguous continu continual continuat
continuous contort contracept contraceptiv contract contractur contralateral contrast contribut contributor control controll controversial contus convenient convent
conventional convers conversat convert convex convuls cook cool cooper cooperativ coordinat cop cope copi copper copy cor cord core corn cornea corneal cornelia
corner coronal coronar corpus correct correctiv correlat correspond corridor cortex cortical corticospinal corticosteroid cortisol cortison cosmetic cost costello
cotton couch coughor counsel counsell counselor counter countr countrysid coup coupl coupon cours court cousin cover coverag covid cow cowden coworker coxa cpap cpr
cpt crab crack cracker cradl cramp cranberr cranial craniofacial craniometaphyseal craniopharyngioma cranium crank crash crav crawl craz creamer creas creat creatin
creep crepitus crest creutzfeldt cri crigler cris crisis criteria critical crohn crook cropp cross crossfit croup crowd crp crt crucial cruciat cruis crumb crumpl
crush crust cruz cry cryosurger cryotherap cryptogenic cryptorchidism crystal csf cu cube cubitus cuboid cuff cul culdesac cultural cup cupboard cur curabl curb cure
curettag curiosit curious curl curr current curv curvatur cush cushion custom cut cutanea cutaneous cute cutis cv cva cvs cycl cyclic cypionat cystic cystin cystocel
cystoscop cytochrom cytogenetic cytokin cytolog cytomegalovirus cytometr cytoplasm cytosin cytoskeleton cytotoxic dail dair dalla damag damn dan danc dand dander
dandruff danger dangerous danlo danon dapson dark darken darker darn dash dat data databas date daughter david davis dawn dax daytim dbs dcis de dead deadlift
deadlin deaf deal dealt deaminas dean dear death debilitat deborah debrid debris deca decad decarboxylas deceas december decent decid deciliter decis declin
decompress decongestant deem deen deep deepen deeper deer deet default defecat defect defectiv defend defens defer deferen defibrillator deficienc deficient deficit
defin definit definitiv deflat deform deformat deformit degenerat degenerativ degrad degre dehydrat dehydrogenas dela delegat delet delirium deliver delta deltoid
delus demand demarcat demeanor dement dementia demonstrat demyelinat dengu deni deniesswell dens denser densit dental dentatorubral dentinogenesis dentist dentur
deny depart depend dependenc dependent deplet deposit depressant depriv deprivat dept depth der deriv dermal dermatoglyphic dermatologic dermatom dermatosparaxis
dermis dermoid dermol descend descent describ descript design designat designer desir desk desmoid despit destro destruct detach detail detect detectabl deteriorat
determin determinat devastat develop developer developmental deviat devic dew dewe dextrocardia dh dhea dhx di dia diagnostic diameter diamond dian diana diaper
diaphragm diaphragmatic diaphyseal diar diarhoea diarolyt diarrhoea diastasis diastolic diaz dic dictat dictionar die died dietar dietician dietitian dietz differ
differenc different differential differentiat difficult diffus dig digest digestiv digit digital digitorum digress dihydropyrimidin dilat dilatat diligent dilut dim
dimensional diminish dimpl dinner dinnertim dino dioralyt dioxid dip diphtheria diplopia diprobas diprovat dipstick direct dirt disabilit disabl disappear disaster
disc discolor discolorat discolourat discomfort discontinu discontinuat discount discourag discover discuss diseas diseasesexamin disfigur disgust dish disk dislik
dislocat disom disorder disorganiz disorientat dispens displa displac dispos disposal disproportionat disrupt dissecan dissect disseminat dissolv dist distal distanc
distant distar distend distens distensa distent distinct distinctiv distinguish distort distract distress distribut disturb disturbac disturbanc diuretic dive divers
diverticula diverticular diverticuli diverticulum divid divis dl dmd dna doc doctor docu document documentat dodg doe doesnt dog dolichocepha dolorosa domain dome
domestic dominant donald donat donna donor dont donut door dopa dopamin doppler doris dorm dorsal dorsalis dorsiflexion dorsiflexor dos dot doubl doughnut downhill
downstair downturn downward dozen dp dpp dr drag dragon drain drainag dramatic drash drastic draw drawer drawn dream dress drew dri dribbl drift drinker drip driv
driver drivewa drool droop drop droplet drov drown drows drowsi drum drusen dry du duan dube duchenn duck duct ductal ductus due dull dump duodenal duodenum duplicat
durat dust dutch duty dvt dwarfism dye dying dylan dysarthria dysautonomia dyschromatopsia dysdiadochokinesis dyserythropoietic dysfunct dysfunctional dysgenesis
dyskinesia dysmetria dysmyelinat dyspepsia dysphagia dysphasia dysplasia dysplastic dyspneic dysregulat dystonia dystroph dystrophic earach eardrum earl earlier
earliest earlob earn eas ease easi easier east easter eastern easy eat eaton ebb ebv ecg ecog ectodermal ectopia ectopic ectrodact ectropion ed eda edemaswell edge
edit eds educat educational educator edward eeg ef effect effectiv efficac efficient effort eg egd egfr egg eh ehler eight eighteen eighth either ejaculat eject ek
elaborat elasis elastic elasticit elasticum elasto elder elderberr eldest elect electric electrical electricit electrod electrolyt electron electronic element eleven
elf elicit eligibl elijah eliminat elizabeth ellison elongat else elsewher elut em email embarrass embed embolizat embryo embryonal embryonic embryotoxon emedicin
emerg emg emiss emollient emot emotion emphysema emphysematous empiric emplo employ empt en enabl enamel encephalocel encephalopath enclos encod encounter encourag
encyclopedia end endemic endo endocardium endocrin endocrinologist endometrial endometrium endoplasmic endors endoscopea endoscopic endothelial endplat enema energ
energetic energiz engag engelmann engineer english enhanc enjo enlarg enough enroll ensur entail entangl enter enthusiastic entir envelop environ environmental enzym
eosinophil eosinophilia eosinophilic ep epibulbar epic epicanthal epicanthus epicondyl epicondylar epidemic epidemiologic epidermal epidermis epidermolysis
epidermolytic epididymis epiduo epidural epigastric epileps epileptic epilepticus epiphora epiphys epiphyseal epiphysis episod episodic epistaxis epithelial
epithelioid epithelium epo epsiod epsom epstein equ equal equinovarus equip ercp erect erectil eros error erupt erythematosus erythematous erythmateous erythrocyt
erythroderma erythropoietic erythropoietin es esc escap escherichia esophageal esophagus esotropia espaol especi esr esrd essenti essential establish ester estimat
estra estrogen et etc etcetera ethnic ethnicit etiolog etoh etosid eu eugen eunic eupsid europ european eustachian evaluat evelyn even event eventu eventual ever
everybod everyda everyon everyth everywher evidenc evident evok evolutionar evolv ewing ex exacerbat exact exaggerat exam examin examinat exampl excavatum exce
excellent except excess excessiv exchang excis excisional excit excitabilit exclud exclusiv excret excruciat excurs excus exert exhal exhalat exhaust exhibit exist
exit exmapl exocrin exona exostos exotic exotropia expand expans expect expectanc expectat expensiv experienc experiment experimental expert expertis expirator
explain explanat explor explosiv expos exposur express expressiv expressivit exquisit exte extend extensiv extensor extent external extra extracellular extracranial
extract extragonadal extraocular extrapyramidal extrem extremit exudat exudativ eyeball eyebrow eyebuger eyed eyeglass eyelash eyelid eyesight ez fa fabr fabric fac
facet facial facilit facilitat facio fact factor facy fade fahrenheit fai fail fair fallopian fallot fals familial familiar fan fanc fanconi fantastic fap faq far
farber farm farmer farmland farther fasciculat fascinat fashion fast faster fat fatal fatfound fatherhood fatt fault favor favorabl favorit fax fbc fda fdp fds fear
featur febril februar fecal fece fed federal fee feed feel feelin feil femal femor femoral femur ferritin fertilit fertiliz fertilizat fetal fetalis fetoprotein
fetus feverish few fewer fexofenatidin ff fh fi fib fiber fibrin fibrinogen fibroadenoma fibroblast fibroid fibroscan fibrous fibula fibular field fift fifteen fifth
fight figur fila filamin fill film filter filtrat fin final finaliz financial find fine fingernail fingerprint fingertip finish finland finnish fire firm first
fiscal fish fisher fissur fist fistula fit five fix fixabl fixat flag flak flanel flank flap flar flareup flash flat flatmat flatten flatter flatulenc flavor flect
fleet flem flesh flex flexibilit flexibl flexor flight flip flna flnb float flood floor flop flopp flor flora florida floss flow flower flown flu fluctuanc fluctuant
fluctuat fluent fluid fluocinonid fluorescenc fluorescent fluorid flush flutter fly fna foam focal focus fold foliag follicl follicular fontanel fontanell food
foodborn foof football foramen foramina forc forearm forego forehead foreign forelock forest forever forget forgetful forgot forgotten fork form formal format former
formula fort forth fortifi fortunat forward fossa foul found foundat four fourteen fourteenth fourth fract frag fragil fragilit frailt fram framework francisco frank
frantic fraumeni freckl free freedo freer freez french frenosiv frequenc frequent fresh fri frict frida friedreich friend front frontal frontotemporal frost frozen
fructos fruit frustrat fry fryn fuel full fumaras fume fun funct function functional fund fundamental fundus funduscopic fungal fungi fungoid fungus funk funn
furnitur furrow furthermor fus fuse fuss futur fuzz gabriel gad gadolinium gag gain gal galactos galactosidas gall gallbladder gallop gallston game gamma ganglia
gangliosid gangren gap garbag garcia gard garden gardener gardner gargl gase gasp gastaut gastric gastroenterolog gastroenterologist gastroenterologista
gastroesophageal gastrointestinal gastroparesis gather gaucher gaug gaze gear gel gelatin gender gene genefact gener general generaliz generat genereview generic
genetest genetic geneticist genital genitalia genitourinar genom genomic genotyp gent gentl gentleman genu geographic georg georgia germ german germlin gerstmann
gestat gestational get gh ghr gi giant giedion gilbert gingival girdl girl gist giv give glad gland glass glial glioma global globin globulin glomerular glomeruli
glomerulus gloria glov glow glucagon glucocorticoid glue glutamat glutaric gluten glycin glycogen glycoprotein glycosaminoglycan glycosylat gmail gna goal goat god
goe goiter gold golf golfer goliv gomez gonad gonadal gonadotropin gonzalez good goodby googl gorgeous gorlin gosh gotcha goutier gov govern gower gown gp gps grab
grad gradu gradual graft grain gram grand grandad grandchildren grandkid grandma grandparent grant granul granulat granulocyt granuloma granulomatous grap grasp
grass grav gravis gravit gray greas great greater greatest greek green gregor greig grey grimac grind grip grocer groin groov gross ground group grow growth gsd gss
gt gtp gtr gu guanin guarant guarante guess guid guidanc guidelin guillain guilt gum gumm gun gut gutierrez gutter guy gy gym gymnast gymnastic gynecologic
gynecological gynecomastia gyrata ha habit habitus hack haemodynamic haemoptysis hag haha hair hairlin half hall hallmark halloween hallucinat hallux hallwa halt
halv ham hamartoma hammer hammerto handl handout handwrit hang hanover hantavirus happ happen happier harbor hard harden harder hardwar harm harmful harmless harris
hashimoto hass hat hate haul hav havoc hawkin hay hayfever hazard hazardous hbb hcg hcv hd hdl headch headed heal health healthcar healthier heartbeat heartburn heav
heavi heavier hee heel heent height held helic helicobacter helix hello help helpful hemangioma hematemesis hematochezia hematolog hematologic hematologist hematoma
hematopoietic heme hemianopia hemifacial hemiparesis hemiplegic hemispher hemivertebra hemodialysis hemolysis hemolytic hemophagocytic hemophilia hemoptysis
hemorrhag hemorrhagic hemorrhoid henoch henr hent hep hepatic hepatocellular hepatospleno herb herbal heredit hereditar heritag hernandez heroin herp herpetiformis
herself hesitat heterochromia heterogeneous heterotax heterotopia heterozygous hexosaminidas hey hfe hg hgb hgh hhs hi hiccup hid hidden hide high higher highest hik
hike hill himself hint hipbon hippel hire hirschsprung hirsutism hispanic histiocyt histolog histon historic hit hiv hiya hla hmmm hmo hnpcc ho hoars hobb hobbl
hodgkin hoffman hogg hoka hold hole holida hollow holoprosencepha holt holter homan home homeostasis homicidal hone honest hood hook hookworm hop hope hopeful
hopeless hopkin horizontal hormon hormonal horn horner horribl hors horsesho hospic hospitaliz hospitalizat hospitaltoo host hot hotel hotlin hotter hour hous
household housekeep housekeeper housemat howard however hpi hpo hpv hr hrs hrt hs hsp hss htlv htm html htn http hub huge hugh human humerus humid humidifier humidit
humor hundr hunger hungr hunt hunter huntington hurr husband hx hybrid hybridizat hydatidiform hydrat hydrocel hydrocephalus hydrochlorid hydrogen hydrogenat hydrop
hydroureter hydroxyacyl hydroxylas hydroxysteroid hygien hygienist hyper hyperactiv hyperactivit hyperaldosteronism hyperandrogynism hypercortisolism hyperextend
hyperextens hyperextensibilit hyperextensibl hypergonadotropic hyperinsulinism hyperkalemic hypermelanotic hypermetropia hypermobilit hyperparathyroidism
hyperpigmentat hyperplasia hyperreflexia hypersensitivit hypertelorism hypertensiv hyperthermia hyperthyroidism hypertonia hypertroph hypertrophic hyperventilat hypo
hypocellularit hypochromic hypodontia hypoglycemic hypogonadism hypogonadotrophic hypogonadotropic hypohidrotic hypokalemic hypoketotic hypomyelinat
hypoparathyroidism hypophosphatasia hypophosphatemic hypopigment hypopigmentat hypopituitarism hypoplasia hypoplastic hyporeflexia hyposmia hypospadia hypotelorism
hypotens hypothalamic hypothalamus hypothermia hypothetic hypothroidism hypothyroid hypothyroidism hypotonia hypoventilat hypoxia hypsarrhythmia ia iapt ib ibd ibs
ic icd iced ichthyosiform icing icu icy icyhot id ide idea ideal ideat identical identif identifi identifiabl identificat idiopathic ie iga ige igg igm ignor
ignoranc ih ihd ii iia iib iic iii iiia iiib iiic iive ik il ileum ilia iliac ill illegal illicit illustrator imag imagin imaginabl imaginginterpret imbalanc
imipramin immatur immediat immobilit immobiliz immun immunit immunizat immunocompromis immunodeficienc immunoglobulin immunohistochemistr immunolog immunologic
immunomodulator immunophenotyp immunosuppress immunosuppressant immunosuppressiv immunotherap imp impact impair imped impend imperfecta imperforat impetigo imping
impl implanon implant implantabl implantat implicat importanc important impossibl impotenc impress imprint improper improv impuls impulsiv impulsivit imrt inabilit
inactiv inactivat inactivit inadequat inappropriat inb inc incapacitat inch incidenc incident incis incisional incisor includ inclus incom incompatibilit incomplet
inconclusiv inconsistent incontinenc inconvenient incoordinat incorporat incorrect increasing incubat incur inde indentat independenc independent index india indian
indicat indicator indigest indirect indiscret individual individualiz indol indoor induc induct industr industrial ineffectiv ineligibl infanc infant infantil
infectious infectiv inferior infertil infertilit infest infestat infiltrat inflam inflammator inflat inflict influenc influenza info inform informat infrequent infus
ingest ingredient inguinal inhal inhalat inherit inheritanc inhibit inhibitor initi initial initiat inje injurious inner input inquir insect insecticid insensat
insensitivit insert insid insidious insight insipidus inspect inspirator instabilit install instanc instant instead institut instru instruct insufficienc
insufficient insulat insult insuranc intact intak integrativ integumentar intellect intellectual intelligenc intend intens intensit intensiv intensor intent
intention intentional interact interchangeabl intercours interest interesting interfer interim interleukin intermamillar intermediat intermittent intern internal
internation international internet internist interosuperior interphalangeal interpret interpretat interrupt interstitial intertrigo interval interven intervent
intervertebral intestin intestinal intimat intoleranc intolerant intracellular intracranial intrahepatic intramural intraocular intraoperativ intraperitoneal
intrathecal intrauterin intravascular intravenous intricat intrinsic introduc introduct intussuscept invad invader invas invasiv invers inversus invert investigat
investigator invisibl invit involuntar involv inward iodin ion ioniz iphon iridis iris iron irregular irregularit irreversibl irrigat irritabilit irritabl irritant
irritat irv isabella ischemic ish island islander islet isnt isolat isoleucin isomeras israel issu italian itchi item itha itp itself iu iv iva ivb ivig ix jack
jackson jacob jacquelin jakob jam jame jampel jane januar japan japanes jar jargon jaundic jaw jawbon jawlin jean jee jegher jejunum jell jen jenkin jerem jerk jerr
jessica jew jewish ji jim jocke jog john johnson join joke jolt jonathan jone jose joseph joubert journal journe jt juan judg judicious judy jugular juic juli julia
july jump junct junctional june junk juvenil jvd kallmann kaposi kar karen karyotyp kath katherin kawasaki kayla kb ke kearn keen keep keith kell kenned kennesaw
kenneth keratin keratoconus keratoderma kernicterus keto keton key keyboard kg kick kid kidshealth kill killer kilter kim kinas kind kindergarten king kiss kit
kitchen klinefelter klippel kneecap kneel knif knob knock knot know knowledg knuckl ko kool krabb kurr kyle la label labia labilit labor laborator labour lacerat
lachman lack lacrimal lacrimat lactas lactat lactic lactos lad ladder lady lafora lager lait lake lambdoidal lambert lamp land landscap landscaper lane lang langer
langerhan languag lap laparoscop laparoscopic lapriso laptop lar larg larger largest laron larr larsen larva laryngeal laryngomalacia larynx las laser last late
latent later lateral latest latex latin latino lattic laugh laughter laund laundr laura lavag law lawn lawrenc lawyer laxa laxativ laxepro laxit layer layup lazy lb
lch ldh ldl le lead leaf leaflet leagu leak leakag lean learn least leav leber lectur led lee left legal legum leiden leigh lem lemon len length lengthen lennox lens
lentil lentis leonard leptin lesch less lessen lesser lesson let lethal letharg lethargic letter leucin leukocyt leukodystroph leukonychia leukoplakia level lewin
lewis lewy li librar lice licens lichen lichenificat lichenoid liddl lie lieu life lifelong lifesav lifespan lifestyl lifetim lift ligamentous ligand ligat light
lightbulb lighten lighter lightheaded lightto ligu like likelihood likewis lima limb limit limitat limp lin linda lindau line linear linger link lion lip lipas lipid
lipoatroph lipodystroph lipoma lipopig lipoprotein liquid liquor lisfranc lisonopril lissencepha list listen lit liter literatur lithotrips litr liv livestock lloyd
llq lmna lmp lns lo load lobat lobe lobular loc local localis localiz localizat locat lock lodg loey log logan london long longer longstand loo look loop loos loosen
looser lopez lorr lose loss lot lotta lou loud louis lov love low lower lowest lowr lp lrti lubricat luck lucken lucki lunch lupus luteiniz lyas lyme lymphatic
lymphedema lymphoblastic lymphocyt lymphocytic lymphoid lymphoma lymphoproliferativ lynch lysin lysosom lysosomal ma mab machado machin machiner macro macrocepha
macroglossia macromastia macrophag macrotia macul macula macular madelung madison maffucci mag magenis magic magnesium magnet magnetic magnif magnum mail main
mainsta maintain maintenanc maje major majora majorit mak make makeup mal malabsorpt malais malalign malar malaria male malform malformat malfunct malfunction
malignanc malignant mall malleolar malleolus malnourish malnutrit malocclus malrotat malunion mama man manag manageabl manager mandibl mandibular mandibulofacial
maneuver manifestat manipulat manner mannos manual manufactur manufacturer map marathon march marchesani marfan margarin margin mari maria marital mark marker
marmorata marrial marrow mart martha martin martinez mary mash mask mason massag massiv mast master mat match mate material matern maternal matrix matter matthew
matur maturat maturit maxilla maxillar maximiz maximum mayb maybr mb mccun mcdonald mcdugg mcg mcl mcmurph mcmurra mcnuggat mcp md mds meal mean meant meantim measl
measur meat meatus mebeverin mechanic mechanical mechanism meckel mederma medi media medial median mediastinal mediastinum mediat medic medicaid medical medicar
meditat mediterranean medium medlineplus medscap medullar medwatch meet megacolon megalencepha megaloblastic megalocornea megan mel mela melanin melanocyt
melanocytic melanotic melena melissa mellitus member membership membran mend mening meningocel meningococcal meniscus menk menorrhagia mens menstruat ment mental
mention merck mercur mercuryth merkel merzbacher mesa mesh mesomelia mesomelic mess messag messenger met metabolic metabolism metabolismth metaboliz metacarpal
metacarpophalangeal metachromatic metal metallic metaphys metaphyseal metaphysis metastas metastasiz metatarsal metatarsophalangeal meter methionin method methyl
methylglutaconic methylmalonic methyltransferas metopic metro metropolitan mexican mh mi mic mice michael michell micro microbial microcepha microcephalic
microcornea microcytic microdelet microdontia microgestin micrognathia microgram micromelia micronodular micropenis microphthalmia microretrognathia microscop
microscopic microsomia microtia microtubul microvascular microwav mid middl midfac midfoot midlin midriff migrat milder mildest mile mileston milia militar milk
miller milliliter millimeter million milro mimic min mind mindful mineral mineralizat mini minim minimal minimiz minimum minor minorit minus minut mira miracl mirror
mirza misalign miscarriag misdiagnos misplac miss misshapen missus mist mistak mistaken mister misus mitchell mite mitochondria mitochondrial mitotic mitral mix
mixtur mkay ml mmhg mmm mmr mnir mntrier mo mobil mobilit mode model modern modest modif modifi modificat modulat modulator moebius mofetil mog mogul moh moist
moistur moisturiz moisturizer molar mold mole molecul molecular moment mon monda mondern mone monoclonal monogenic monophosphat monounsaturat monoxid moor moral
morbidit morn morpholog morphological mortalit mosaic mosaicism mosquito most motilit motivat motor mount mountain mous mouthful mov move mowat moyamoya mp mps mr
mra mris mrn mrna mrs msa msk msu mt mtdna mthfr mtp muck mucopolysaccharid mucosa mucosal mucous mucus muffl muh multi multicentric multicystic multidisciplinar
multifactorial multifocal multip multipl multiplex multisystem multivitamin mum mump mun murph muscle musculatur musculoskeletal mush mushroom music mutas mutat
mutilat mutism mvd mx myasthenia myasthenic mycin mycobacterium myelin myelinat myelodysplasia myelodysplastic myelogenous myeloid myelomeningocel myelomonocytic
myeloproliferativ myocardial myocardium myoclonic myoclonus myoglobin myokymia myopath myopathic myopia myosin myotonia myotonic myriad myself myster nag nah nail
najjar nam name nap narcoleps narcotic nare narrow narrower nash nasopharyngeal nasopharynx nast nat natal national nativ natur natural navar navel nb ncbi nccam
nccn nci ncl ndp ne near nearb nearest nearsighted nebulizer necessar necessari necrotic necrotiz nectar nee need needl neer nei neighbor neither nelson nemalin neo
neoadjuvant neonatal neoplasia neoplasm nephew nephrogenic nephrolog nephrologist nephron nephronophthisis nephrotic nervous nest net network neural neuro
neuroaxonal neurodegenerat neurodegenerativ neuroendocrin neurofibroma neurogastrointestinal neurogenic neuroleptic neurolog neurologic neurological neuromuscular
neuron neuronal neuropathic neurosurgeon neurosyphilis neurotransmitter neurovascular neutral neutraliz neutrophil never nevi nevoid nevus new newborn newer newfound
newl next nf ng nguyen nhlbi nhpp nia niam nice nicer nichola nick nicol nicotinic niddk niemann night nightmar nighttim nigrican nih nike nil nind nine ninet
nineteen ninth nippl nitrat nitrogen nkda nlm nmri nobod nocturnal nodular nois non nonalcoholic nonbullous noncancerous noncomedogenic nondisjunct nondistend none
nonetheless nonfunctional nongenetic nonheal noninvasiv nonlabor nonpit nonprescript nonprogressiv nonsignificant nonsmil nonsmoker nonspecific nonspherocytic
nonsteroidal nonsurgical nonsyndromic nontender nontoxic nonunion noonan nope norepinephrin norm normaliz normalizat normoactiv normocephalic north northern nosebl
nostril not notab notabl notat notch note noth notic noticeabl notif notifi notificat nourish november novo nsaid nu nuchal nuclear nucleotid nucleus number numbless
numerous nurs nut nutrient nutrit nutritional nutritionist nw nyctalopia nyhan nystagmus oa oat oatmeal obes obesit object obliqu obliteran observ observat obsessiv
obstruct obstructiv obtain obvious occas occasion occasional occipital occiput occlusiv occult occulta occupational occur occurrenc ocd october ocular oculo
oculocutaneous oculomotor oculopharyngeal od odd odema odontoid odor offer offic official offload offspr often og ohdo ohh oi oil oily old older oldest olecranon
olfactor oligodact oligodontia oligohydramnio oligosaccharid oliv olivopontocerebellar ollendorff ollier omega omphalocel one oneself ongo onion onlin only onset
ontolog oof ooh ooo op opacificat opacit open oper operativ ophthalmolog ophthalmologist ophthalmoparesis opiat opinion opioid opitz opportunistic opportunit oppos
opposit opt optic optimal oral oram orang orbit order ordinar org organ organic organis organism organiz organizat orient orientat orif origin original originat
ornithin orofaciodigital oropharyngeal oropharynx orphanet ortho orthopedist orthopnea orthostatic orthotic oscar oscillat osseous ossicl ossifican ossificat
osteochondroma osteodysplastic osteodystroph osteogenesis osteolysis osteolytic osteomalacia ostom otc other otherwis otolaryngologist otopalatodigital ouch ought
ounc out outbreak outburst outcom outdoor outer outermost outgrow outlet outlin outlook outpatient output outsid outstand outstretch outward outweigh oval ovar
ovarian over overa overactiv overactivat overactivit overall overboard overcom overdo overdos overdu overeat overflow overfold overgrowth overhead overl overlap
overload overlook overnight overproduct overseen overtak overtim overus overview overweight overwhelm ovoid ovulat ow own owner ox oxalat oxidas oxidat oxidativ
oximetr oxygenat oxyglutinin pa pace pacemaker pachygyria pachyonychia pacific pack packag pad page paget painkiller painless paint pair pal palat pale palliativ
pallidoluysian pallister pallor palm palmar palmitoyltransferas palmoplantar palpabal palpabl palpebral pals pamela pancrea pancreatic pandemic panel panic panick
pant pantothenat pap paper paperwork papillar papilledema papillomavirus papiteal papul par paracetamol paragraph paralysis paralyz parameter paranasal
paraneoplastic paraparesis paraplegia parasit parasitic paraspinal parathyroid paravertebral pardon parent parenteral paresis paresthesia parietal park parkinson
parkinsonian parkinsonism parma parotid paroxysmal part parti partial partici participant participat partick particl particular partington partner pass passag
passenger passiv past pasta patch patella patellar patellofemoral patent paternal path pathogen patholog pathologic pathological pathologist pathologista
pathophysiolog pathwa patient patio patrick patrol pattern paul paus pay pbs pc pcl pco pcp pcr pd pda pdf pdgfrb pdq pe pea peak peanut pear pec pectus pedal
pediatric pediatrician pedis pee peek peel peer pelizaeus pellucidum pelvic pelvis pemphigus pend pendr penetranc penetrat penil penis pennsylvania peopl pepper
peptic peptid per perceiv percent percentag percept percuss percutaneous perez perfect perforat perform performanc perfus perhap perianal pericardial pericardium
perinatal perineal perineum perineural periodic periodontal periorbital peripheral peritoneal peritoneum peritonsillar periumbilical periventricular permanent permit
pernicious peroxisom peroxisomal perr persa persist persistenc persistent person personal personalit personnel perspectiv pertinent pertussis pes pesticid pet
petechia peter peterson peutz peyron peyroni pft ph phalang phalanx pharmac pharmaceutical pharmacist pharynx phas phenobarbital phenomenal phenomenon phenotyp
phenotypic phenylalanin phexxi phil philadelphia philip phillip philtrum phlegm phobia phocomelia phon phosphat phosphatas phosphatat phosphoglycerat phosphokinas
phospholipid phosphorous phosphorus phosphorylat photo photocoagulat photodynamic photophobia photosensitivit phototherap phras physic physician physiolog
physiotherap physiotherapist pi piano pick pickl pictur pie piec pierc pierr pig pigment pigmentar pigmentat pigmentosa pilaris pilat pili pillow pilonidal pimpl pin
pinch pineal pink pinna pino pinpoint pinprick pint pip pipe piriton pit pitch pituitar pivot pizza pkd plac placebo placenta placental plagiocepha plain plak plan
plant plantar plantarflexion planus plaqu plasma plasmapheresis plasminogen plastic plat platyspond play player pleas pleasant pleasur plent pleura pleural pleuris
pleuritic plexus pln plot plug plumb plus pmh pmhx pneumococcal pneumothorax po pocket podiatr podiatrist poikiloderma point pointer poison poisonous poke poker
poland pole polg polic polio poll pollen pollut pollutant polo polycystic polydact polydipsia polyhydramnio polymeras polymicrogyria polymorphism polypharmac
polyregion polysplenia polyunsaturat pomp pon pontin pontocerebellar poo pool poor pop popcorn popliteal popular populat pore porencepha pork porphyria port portabl
portal pose posit position positional positron possib possibilit possibl post postaxial postcod posterior postmenopausal postnatal postoperativ postpartum postpon
postur postural pot potato potenti potential potocki potter pouch poultr pound pour powder powell power powerful pox pq pr practic practitioner prader prawn pray pre
preapprov preapproval preauricular preaxial precancerous precaut preced precis precocious precursor prediabet predict predispos predisposit predominant preeclampsia
preemi prefer preferab preferenc pregnanc preliminari prematur premutat prenatal preop preoperativ prep prepackag prepar preparat presenc present presentat preserv
press presumab presumptiv pretend prett pretzel prev prevalenc prevalent prevent preventabl preventativ preventiv preventor previous pric prick prickl primar primari
primitiv primordial principl print prion prior priorit privat prn prnp pro prob probab probabl probiotic problem proc proceed process produc product productiv
professional profil profound profus progeria progeroid progestin prognathia program programm programmer progress progressiv progressiva project prolactin prolaps
proliferat proliferativ prolong prominenc prominent promis promot prompt promyelocytic pron pronat pronator prong pronounc pronunciat proof prop proper propert
prophylactic prophylaxis proport propos prostatic prosthetist protect protectiv protein proteus prothrombin protocol proton protoporphyria protrud protrus protuberan
protuberant proud prov proven provid provider provok proximal prun pruritus pry psa pseudo pseudohermaphroditism pseudohypoaldosteronism pseudohypoparathyroidism psh
psoriatic psychiatr psychiatric psychiatrist psycholog psychological psychologist psychomotor psychotherap psychotic pt pten pterygium pth pu pubert pubic public
publicat publish pubm puff puffi pull pulle pulmonal pulmonar pulmonic pulmonologist pump punctat punctata punctur puo pupil purchas pure purin purpl purplish purpos
purpura purs pursu pursuit purulent pus push pustul put puva pv pvc pylori pyloric pyramidal pyridoxin pyrophosphat pyruvat qds qt quadrant quali qualif qualit
quantit quart quarter quebec quer quest question questionnair quick quicker quiet quinin quit quot ra rabbit rac race rachel racial racquet radi radial radiat
radical radicul radicular radio radioactiv radiofrequenc radiograph radiographic radiographical radiolog radiological radiologist radiologista radionuclid
radiosensitizer radiosurger radioulnar radius rag rah rail rain rais rak rake ralph ramirez rand random rang rapid rare rarer rarest ras rasp rat rate rather ratio
raw ray raymond raynaud rca rds re reabsorb reabsorpt reach react reactiv reactivat read reader readi real realign realis realistic realiz rear rearrang reason
reasonabl reassess reassur reassuranc recall recap receiv recent recept receptor recessiv recheck recipient recognit recogniz recombinant recommend recommendat
reconstruct reconstructiv record recorder recover recreational rectal recti rectovaginal rectum recur recurrenc recurrent recurvatum recycl redden reddish redirect
reduct reductas redundant reek reemphasiz reevaluat referenc referral refin reflect refractiv refractor refrain refrigerat refrigerator refsum refus regain regard
regardless regenerat regi regimen regiment region regional register registr registrat regress regrow regular regularit regulat regulator regulin regurgitat
rehabilitat rehydrat rei rein reinfus reject rela relaps relat relationship relativ relax relaxant relaxat relaxer releas relevant reliabl relief reliev reliever
religious relook rely remain remainder remarkabl remed remember remind reminder remiss remodel remot remov removal renal renin renn renni renovat reoccur reoccurrenc
repair repeat repeated repellent repetit repetitiv replac replenish replicat report reported represent representativ reproduct reproductiv request requir rescu
research researcher resect resembl reservat reservoir reset residential residual resist resistanc resistant resolut resolv resonanc resor resourc respectiv respirat
respirator respond respons responsibilit responsibl responsiv rest restart restaurant restless restor restraint restrict restrictiv result resum resummariz
resuscitat retain retardat retent reticularis reticulum retina retinal retinoid retinoschisis retract retriev retroareolar retrognathia retrograd retroperitoneal
rett return reuptak reus reveal revers reversal reversibl review revis revisit reward rex reye rh rhabdoid rhabdomyolysis rheum rheumatic rheumatoid rheumatolog
rheumatological rheumatologist rhizomelia rhizomelic rhubarb rhythm rhythmic rib rice rich richard ricket rid ride ridg ridiculous rieger rifampin right rightle
rigid rigidit rigidus rim ring rins rippl ris rise risk rith ritib river rivera rls rn rna ro road roar robert robin robinow rock rocker rod rodent roger role roll
rom romberg ronchi roof room roommat roomshar roop root ross rot rotator rotavirus rotor rough round roundworm rout routin row roy rr rra rt rub rubber rubbish
rubella rubinstein rug rul rule run runn runner ruptur rural rusb rush russell ruth rx rye sa sac saccadic sach sacral sacrococcygeal sacroiliac sacrum sad safe
safer safest safet safflower sag sake salad salin saliva salivar salmon salmonella salt sampl san sanchez sand sandal sander sandhoff sandra sandwich sanitat sap
sarah sarcoma sarcomer sat satellit satiet satisfact saturda sauc saudi sav save savr say sayr sca scab scal scalp scanner scant scapula scapular scar scatter
scenario schedul scheduler scheinker schimk schizencepha schizophrenia schnlein schnur school schwannoma schwartz scid scienc scientific scientist sclera
sclerocornea scleroderma scleros scoot scop scor scott scottish scrap scratch screen screw script scrotal scrotum se seafood seal sean search season seasonal seat
seattl sebaceous seborrheic second secondar secondhand secret sect secur sedat sedativ sedentar sedimentat see seed seek seem segment segmental segmentat segregat
seiz seldom select selectiv selenium self selfish sell sella selsun semen semialdehyd send senior sens sensibl sensitiv sensitivit sensor sensorineural sent sentenc
sentinel separat sepsis septa septal september septic septo septum sequenc serious serolog serologic serotonin seroxat serum serv servic sery sesam sess set settl
seven sevent seventeen seventeenth seventh several severit sew sex sexu sexual sh shad shadow shaft shak shaki shallow shampoo shap shar sharon sharp sharper shav
sheath shed sheep sheet sheldon shelf shellfish shield shift shin shingl shirt shit shiver shock shoe shoot shop short shortag shorten shorter shout show shower
shown shrink shriver shrug shuffl shun shunt shut shy si sibl sicca sick sickl sid side sideroblastic sidewa sight sigmoid sign signal signatur significanc
significant silenc silent silver similar similarit simp simpl simpler simplex simpson sing singl sinister sink sip sir siris sis sit site situ situat situs six sixt
sixteen sixteenth sixth siz sizabl size sjgren sjogren skeletal skeleton ski skier skill skim skinn skip skis skull slack slant slash sle sleeper sleepi sleev
slender slid slight slightest slim slip slipper slit slop slot slough slow slower slung slur sma small smaller smallest smart smear smell smil smith smokeless smooth
snack snail snap sneak sniffl snor snort snot snott snow soak soap sob soccer soci social socializat societ sock socket soda soft soften softener softer softwar soil
sold sole solid solitar solubl solut solv solvent somatic somebod someda someon someth sometim somewhat somewher son soon sooner sooth sophia sorr sort soto sought
sound soup sourc south southeast southern soy soybean spac span spar sparing spark spars spasm spastic spasticit spatial spe speak spec speci special specializ
specializat specialt specific specimen spectrum speculat speech spell spend spent sperm spermicid spf sphenoid sphenoidal spheroid sphincter spic spica spider spik
spill spina spinach spine spinocerebellar spiral spirit spit split spok spoken spondylocostal spondyloepimetaphyseal spondyloepiphyseal spondylometaphyseal spong
spongiform sponsor spontaneous spoon spor sporadic sport spot spous spr spra spread sprengel springfield spur spurl spurt sputum squamous squar squat squeez squish
st stab stabil stabilit stabiliz stabilizat stadium staff stag stain stair stamina stand standard standpoint staphylococcus star starch stargardt start startl starv
stat statin stationar statistic statistical statur status stay std stead steadi steak steal steam steel stellar stem stemi stemitil stenos step stephani steppag
stereotactic stereotaxic stereotypic steril sternal sternoclavicular sternum steroidal steth stethoscop steven stewart stick sticker stickler stiffen stiffer
stillbirth stillborn stimulant stimulat stimulator stimuli sting stipend stippl stitch stock stoma stoop stop stoplight stopwatch stor storag storm stov strabismus
straight straighten straightforward strainer strand strang strap strateg straussler streak stream streatham street strengthen strenuous strep streptococcal
streptococcus stressful stressor stretch stretcher stria strict strictur stridor strik strip stromal strong stronger strongest structur structural struggl stud
student studi stuff stumbl stun stung stupor sturg styl styloid su sub subacromial subacut subchondral subcortical subcutaneous subject subjectiv subluxat submit
subsequent subset subsid substanc substantial substitut subtl subtyp subunit success successful succinat succinic suck sucros suct sudden suffer sufficient suggest
suggestiv suicid suicidal suit sulfa sulfur sullivan summar summaris summariz summer summertim sun sunburn sunda sunflower sunglass sunken sunlight sunscreen sup
super superclarif superficial superficialis superior supermarket supernumerar superstitious supervis supin supinat supper supplement supplemental supplementat suppli
support supporter supportiv suppos supposed suppress suppressant suppressor supraclavicular supranuclear supraorbital suprapubic supravalvular supraventricular sure
surfac surfactant surgeon surgic surigical surpris surprising surround surve surveillanc surviv survival survivor susceptibilit susceptibl sushi suspect suspicion
suspicious sustain sutur sw swab swallow sweat sweater sweati swedish sweet sweetener swift swim swing swish switch swiv swyer sx symmetric symmetrical sympathetic
symphalangism symptomatic synaps sync syndact syndrom syndromic synophr synovial synthas synthesis synthetas synthetic synuclein syphilis syring syringomyelia syrup
system systemic systolic szar ta tab tabl tachycardia tachypnea tack tact tag tail tailor tak take takeawa takeout tal talip talk tall taller talofibular tan tangl
tantrum tap tape taper tar tarda target tarr tarsal task tast tater tatt taught taurodontia tavr tay taybi taylor tb te tea teach teacher team teaspoon tech technic
technical technician techniqu technolog tee teen teenag teenager teeth telangiectas telangiectasia telecanthus telehealth telephon telescop televis tell temp temper
templ templat temporal temporar temporari tempt ten tend tendenc tennis tens tent tentativ ter teratoid teresa term terminat terribl terrif terrifi terrific terror
testicl testicular testis tetan tetanus tetralog tetraparesis text textbook textur tgf th thailand thalassemia thalidomid thank thankful that thaw thc thee themselv
theor theoretic theoretical therapeutic thereafter thereb therefor thermometer theyr thiamin thiazid thick thicken thicker thigh thin think thinner third thirst
thirt thirteen thistl thompson thor thoracic thoracolumbar thorax thorough though thought thous thousand thre thread threat threaten threshold thriv throb thrombocyt
thrombocytopenic thrombolytic thrombophilia thrombotic throughout throw thrush thursda thus thymic thymus thyoid thyroxin tia tibia tibial tic tick tickborn tie tied
tietz tiger tight tighten tik tile till tilt tim time tinel tinnitus tint tiny tip tipp tips tis tissu titer titl titrat tnf toast toda toddler toenail tofu together
toilet tolerabl toleranc tolerat toll tomato tomorrow ton tone toner tongu tonic tonight tonsil tool tooth toothbrush toothpast top topic topical toppl toret torn
torr tors torso torti torticollis tortilla tortuosit tot total totalis totalit touch tough tour tourett tourism tourna toward towel town toxic toxicit toxin toy
traba trabalotsa trac trachea tracheal tracheoesophageal tracheomalacia tracheostom track tract trad traditional trail train trainer trait trampolin tran
tranquilizer transaminas transcarbamylas transcatheter transcript transdermal transducer transesophageal transfer transform transformat transfus transient transit
transition transitional translocas translocat transmiss transmissibl transmit transpir transplantat transport transportat transporter transposit transsphenoidal
transvers trap trapezius trash trauma traumatic travel traveler treacher treadmill treatabl tree trekk trembl tremor trenauna trend tri triad trial triangular tricep
trick tricuspid tricyclic trigeminal trigger triglycerid trigonocepha trim trimester trinucleotid trip triphalangeal triphosphat tripl triplet trismus trisom
trochanteric trop trophoblastic tropical troubl troublesom trout troyer truck true trul truncal truncus trunk trust truth truthful try ts tse tsp ttp tty tub tubal
tube tuberosit tuberous tubul tubular tuesda tumm tumour tuna turbinat turcica turke turn turnaround turner tv twelv twent twic twin twitch two tyler typ type
typhoid typic typical tyre tyrosin ugh uhf uhh ui uk ulcerat ulcerativ ulna ulnar ultimat ultraviolet umbilical umbilicus umph unabl unaffect unassist unawar
unbalanc unbearabl unbelievabl unborn uncertain unchang uncharacteristic unclear uncomfortabl uncommon unconjugat unconscious uncontroll uncontrollab uncontrollabl
uncoordinat under underactiv underarm undercook underdevelop underdiagnos underestimat undergo undergon undergrowth underl underli underneath undersid understand
understandabl understood underwa underwear underweight underwent undescend undetectabl undiagnos undigest undon une uneas uneven unexpect unexplain unfamiliar
unfortunat unhealth uni unidentifi unilateral unimprov unintentional uniparental uniqu unit universalis universit unknown unless unlik unload unlock unnecessar
unneed unnotic unpasteuriz unpleasant unpredictabl unprotect unreasonabl unregulat unrelat unresponsiv unroof unsaf unstabl unstead unsteadi unsuccessful unsur
unsustainabl untreat unusu unusual unwant unwell updat upgrad upon upper upright ups upset upslant upstair upto upturn upward urat urban urea uremic ureter ureteral
urethra urethral urge urgenc urgent uri uric urinalysis urinat urobilinogen urogenital urol urolog urologist urologista urti urticaria usag use used useful user
usher using usu usual utd utensil uterin uterus uti utiliz utis uum uv uvb uveal uvula va vacat vacterl vacuol vacuum vagina vaginal vagu vagus valga valgum valgus
validat valin valle valu valvular van vanish vap vape vapor vaporiser vara vari variabilit variabl variant variat varic varicella varicos variet variococel various
varum varus vary vas vascular vasculatur vasodilator vast vault vegetabl vegetarian vehicl vein velocit velvet vena venison venous ventilat ventilator ventricl
ventricular vera verbal verbaliz verif vermilion vermis vermont verruca vers versus vertebra vertebral vertical vertigo vesicoureteral vessel vestibular veteran vhl
vi via vibrat vick victim video vietnam view vigorous vii viii villag villi villus vincent vinegar vinitiv violent viral virginia virtu virtual virus visceral
viscous visibl visit visitor visual visualiz vital vitelliform vitiligo vitreous vlcad vocabular vocal vocalizat voic void volar volle volleyball volum voluntar
volunteer von vsd vulgaris vulnerabl vulva vulvar vur waardenburg waddl wagr waist waistlin wait wak wake wal walk walker walkwa wall walmart walnut wander wane want
ward warehous warm warmer warmth warn warrant warren wart wary wash washcloth washington wasp wast watch watcher watchful water waterwork wave wavy wax waxy way wayn
wbc weaken weaker wean wear weather web weber webpag websit wedg wednesda wee weed weekda weekend ween weep weigh weightbear weightlift weill weird welcom well
werner wernick west western wet wh what whatever whatsoever wheat wheelchair whenever wherea whereabout wherever whether whichever whilst whiplash whippl whirlwind
whistl whit whol whoop whoosh whos wi wide widen wider widespread wiedemann wife wild will willebrand willi william willing wilm wilson wind windl window windpip
wine wing winter wintertim wip wipe wire wise wish wiskott withdraw withdrawal withdrawn within without wive wnl wo woke wolff wolfram wolman woman womb wonder
wonderful wont wood wool wooz word workaholic worker workload workout workplac workup world worldwid worm wormian worr worri worrisom worsen worst worth worthwhil
wow wreck wrinkl writ write writer writh wrong www xanthoma xerostomia xii xiii xx xy ya yanki yard yeast yellow yellowish yet yoga yoghurt yogurt yolk youll young
younger youngest your yourself youth yuck yup za zag zambia zarbe zellweger zero zig zigzag zinc zing zinopril zollinger zone zoom zoster zygomatic
`;
