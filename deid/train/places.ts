// Cities, streets, facilities and employers.
import type { Lists } from './lists.ts';
import { firstName, lastName } from './people.ts';
import type { Chance } from './random.ts';

const BIG_US =
  'New York|Los Angeles|Chicago|Houston|Phoenix|Philadelphia|San Antonio|San Diego|Dallas|San Jose|Austin|Jacksonville|Fort Worth|Columbus|Charlotte|Indianapolis|San Francisco|Seattle|Denver|Boston|Nashville|Detroit|Portland|Las Vegas|Memphis|Louisville|Baltimore|Milwaukee|Albuquerque|Tucson|Fresno|Sacramento|Atlanta|Kansas City|Miami|Omaha|Raleigh|Cleveland|Tulsa|Oakland|Minneapolis|Wichita|Tampa|New Orleans|Honolulu|Anaheim|Lexington|St. Louis|Pittsburgh|Cincinnati|Anchorage|Toledo|Newark|Orlando|Buffalo|Durham|Madison|Brooklyn|Queens|Bronx|Rochester|Salt Lake City|El Paso|Spokane|Boise|Richmond|Des Moines|Little Rock|Baton Rouge|Santa Fe|Palo Alto|Ann Arbor|Washington'.split(
    '|',
  );
const STATE_CODES =
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY'.split(
    ' ',
  );
const NATURE =
  'Cedar Oak Maple Pine Elm Birch Willow Spruce Aspen Magnolia Laurel Cypress Redwood Hickory Juniper Lake River Valley Mountain Hill Summit Ridge Bay Harbor Ocean Coast Coastal Sunrise Sunset Sunny Golden Silver Green Blue Red White Stone Rock Clear Crystal Spring Meadow Prairie Desert Canyon Forest Garden Park Grand Pleasant Fair North South East West Northern Southern Eastern Western Central Mid Pacific Atlantic Eagle Falcon Hawk Bear Wolf Fox Deer Swan Dove Liberty Union Heritage Legacy Pioneer Premier Horizon Beacon Lighthouse Gateway Metro City Capital County Tri-County Hope Grace Mercy Trinity Providence Unity Harmony Serenity Wellspring Riverbend Lakeside Hillside Riverside Bayside Woodside Eastside Westside Northside Southside Lakeview Bayview Hillview Fairview Mountainview Oakwood Maplewood Elmwood Pinewood Edgewood Westwood Brookside Creekside Stonebrook Greenfield Springfield Clearwater Ridgeview Highland Parkview Crestview'.split(
    ' ',
  );
const NATURE_TAIL =
  'Crest Ridge Grove Creek Valley Springs Hills Heights View Point Bay Lake Park Woods Meadows Falls Harbor Bluff Glen Haven Shores Landing Crossing Run Hollow Field Brook Bend Vista'.split(
    ' ',
  );
const SAINTS =
  'Mary Joseph Luke Jude Vincent Francis Anthony Elizabeth John Michael Peter Paul Thomas Anne Agnes Catherine Barnabas David Charles Raphael Rita Clare Bernadette Patrick Mark Matthew Andrew Alexius Camillus Christopher Rose Margaret Martin Theresa Helena Edward George'.split(
    ' ',
  );
const KINDS =
  "Hospital|Medical Center|General Hospital|Memorial Hospital|Regional Medical Center|Community Hospital|Clinic|Health Center|Regional Hospital|University Hospital|Health System|Healthcare|Health|Family Practice|Family Medicine|Family Clinic|Medical Group|Medical Clinic|Urgent Care|Medical Associates|Pediatrics|Cardiology|Orthopedics|Neurology Center|Cancer Center|Heart Institute|Surgery Center|Rehab Center|Rehabilitation Hospital|Nursing Home|Hospice|Wellness Center|Primary Care|Internal Medicine|Imaging Center|Eye Institute|Dental|Pharmacy|Health Clinic|Community Health Center|Children's Hospital|Women's Health|Medical Plaza|Infirmary|Psychiatric Hospital|Behavioral Health|Dialysis Center|Pain Clinic|Heart Center|Skilled Nursing Facility|Assisted Living|Oncology Associates|Dermatology|ER|Emergency Department|VA|VA Medical Center|Med Center|Med. Center|HealthCenter|Health Services|Specialty Clinic|Walk-in Clinic|Care Center|Physicians Group".split(
    '|',
  );
const BRANDS =
  "Mayo Clinic|Cleveland Clinic|Johns Hopkins|Johns Hopkins Hospital|Mass General|Massachusetts General Hospital|Cedars-Sinai|Cedars-Sinai Medical Center|Mount Sinai|Mount Sinai Hospital|Mt. Sinai|NYU Langone|NYU Langone Health|UCSF|UCSF Medical Center|UCLA|UCLA Health|UPMC|Stanford Health Care|Stanford|Kaiser Permanente|Kaiser|Brigham and Women's|Brigham & Women's|Brigham and Women’s Hospital|MD Anderson|Memorial Sloan Kettering|Duke University Hospital|Duke|Emory|Emory University Hospital|Vanderbilt|Vanderbilt University Medical Center|Northwestern Memorial|Northwestern Memorial Hospital|Barnes-Jewish Hospital|Houston Methodist|Methodist Hospital|Baylor|Baylor Scott & White|Bellevue|Bellevue Hospital|Montefiore|Beth Israel Deaconess|Rush University Medical Center|Tufts Medical Center|Yale New Haven|Geisinger|Intermountain|Sutter Health|Scripps|Sharp Memorial|Providence|AdventHealth|Ochsner|Banner Health|Dana-Farber|Boston Children's|Seattle Children's|Texas Children's|CHOP|Hennepin Healthcare|Henry Ford|Beaumont|Spectrum Health|Allegheny General|Temple University Hospital|Penn Medicine|Jefferson|Cooper University|NewYork-Presbyterian|NY Presbyterian|Lenox Hill|Maimonides|Elmhurst Hospital|Grady|Piedmont|Tampa General|Jackson Memorial|Parkland|Ben Taub|Harborview|OHSU|Virginia Mason|Swedish|Loma Linda|Huntington Memorial|Sentara|Inova Fairfax|MedStar|Georgetown|GW Hospital|Walter Reed|Ohio State Wexner|Cincinnati Children's|Froedtert|Aurora|Essentia|Sanford Health|Avera|St. Jude|Moffitt|Shands|Wake Forest Baptist|Atrium Health|Novant|MUSC|UAB|UT Southwestern|UTMB|Dell Seton|Lahey|Dartmouth-Hitchcock|Maine Medical Center|Rhode Island Hospital|Hartford Hospital|Guy's|St Thomas'|Royal Free|Charité|Karolinska|Toronto General|Sunnybrook|SickKids".split(
    '|',
  );
const STREET_KINDS =
  'Street St St. Avenue Ave Ave. Road Rd Rd. Drive Dr Dr. Lane Ln Boulevard Blvd Court Ct Place Pl Way Circle Terrace Parkway Pkwy Trail Highway'.split(
    ' ',
  );
const COMPANY_WORDS =
  'Acme Apex Summit Pinnacle Global National United American Allied Advanced Precision Quality Superior Reliable Dynamic Modern Metro Tri-State Midwest Northeast Coastal Pacific Delta Sigma Omega Nova Quantum Vertex Zenith Titan Atlas Phoenix Falcon Liberty Patriot'.split(
    ' ',
  );
const COMPANY_KINDS =
  'Plumbing|Construction|Logistics|Trucking|Foods|Industries|Manufacturing|Electric|Roofing|Landscaping|Consulting|Insurance|Bank|Credit Union|Realty|Motors|Auto Repair|Airlines|Energy|Steel|Lumber|Farms|Bakery|Brewing|Textiles|Software|Systems|Technologies|Solutions|Partners|Holdings|Group|Inc.|LLC|Corp|Co.|Ltd|& Sons|& Associates|Elementary School|High School|Middle School|Community College|University|Police Department|Fire Department|Public Schools|Baptist Church|Methodist Church|Diner|Hotel|Casino|Warehouse'.split(
    '|',
  );
const COMPANY_BRANDS =
  "Amazon|Walmart|Target|Costco|Boeing|Ford|General Motors|Tesla|Google|Microsoft|Apple|Starbucks|McDonald's|FedEx|UPS|Home Depot|Lowe's|Kroger|Safeway|Delta Airlines|Southwest|Verizon|AT&T|Comcast|Wells Fargo|Chase|Bank of America|State Farm|Allstate|Caterpillar|John Deere|Lockheed Martin|Raytheon|Intel|IBM|Tyson Foods|Disney|Marriott|Hilton|Whole Foods|Trader Joe's|Best Buy|Macy's".split(
    '|',
  );

export function city(chance: Chance, lists: Lists): string {
  const die = chance.next();
  if (die < 0.45) return chance.pick(BIG_US);
  if (die < 0.8) return chance.pick(lists.citiesUs).name;
  return chance.pick(lists.citiesWorld).name;
}

export function cityAndState(chance: Chance, lists: Lists): string {
  if (chance.is(0.4)) return `${chance.pick(BIG_US)}, ${chance.pick(STATE_CODES)}`;
  const found = chance.pick(lists.citiesUs);
  return chance.is(0.7) ? `${found.name}, ${found.within}` : `${found.name}, ${chance.pick(lists.states)}`;
}

export function streetName(chance: Chance, lists: Lists): string {
  const name = chance.pick([
    () => chance.pick(NATURE),
    () => lastName(chance, lists),
    () => `${chance.pick(NATURE)} ${chance.pick(NATURE_TAIL)}`,
    () => firstName(chance, lists),
    () => `${chance.whole(1, 99)}${chance.pick(['th', 'st', 'nd', 'rd'])}`,
    () =>
      chance.pick(['Main', 'Church', 'Market', 'Broad', 'High', 'Mill', 'State', 'Washington', 'Lincoln', 'Jefferson']),
  ])();
  return `${name} ${chance.pick(STREET_KINDS)}`;
}

/** As addresses are written elsewhere: the number after the street, the town on its own line, the country last. */
function foreignAddress(chance: Chance, lists: Lists): string {
  const place = chance.pick(lists.citiesWorld);
  const street = `${chance.pick([lastName(chance, lists), place.name, firstName(chance, lists)])}${chance.pick(['', 'strasse', 'gatan', 'vej', 'straat', ' utca', ' ulice', 'gata', ' Street', ' Road', ' Rd', ' sokak', 'weg', ' u.', ' vei'])}`;
  const way = chance.pick([
    street,
    `Rua ${street}`,
    `Via ${street}`,
    `Rue de ${street}`,
    `ul. ${street}`,
    `Calle ${street}`,
    `Avenue ${street}`,
    `${street} and ${lastName(chance, lists)} ${chance.pick(STREET_KINDS)}`,
  ]);
  const numbered = chance.is(0.6)
    ? `${way} ${chance.whole(1, 199)}`
    : `${chance.whole(1, 99999)} ${way}${chance.is(0.5) ? ` ${chance.whole(1, 999)}` : ''}`;
  const gap = chance.pick([', ', ', ', '\n', ' ', '\n ']);
  const unit = chance.is(0.3)
    ? `${gap}${chance.pick(['Apt.', 'Suite', 'Apt', 'Flat', 'Unit'])} ${chance.whole(1, 999)}`
    : '';
  const town = chance.is(0.2) ? place.name.toUpperCase() : place.name;
  const tail = chance.pick([
    '',
    '',
    ` ${chance.digits(5)}`,
    `, ${chance.pick(lists.countries)}`,
    `${gap}${chance.pick(lists.countries)} ${chance.digits(5)}`,
  ]);
  return `${numbered}${unit}${gap}${town}${tail}`;
}

export function address(chance: Chance, lists: Lists): string {
  if (chance.is(0.25)) return foreignAddress(chance, lists);
  const number = String(chance.whole(1, chance.is(0.5) ? 999 : 19999));
  const unit = chance.is(0.25)
    ? chance.pick([
        `, Apt ${chance.whole(1, 40)}`,
        ` Apt. ${chance.whole(1, 20)}${chance.capitals(1)}`,
        `, Unit ${chance.whole(1, 99)}`,
        `, Suite ${chance.whole(100, 900)}`,
        ` #${chance.whole(1, 99)}`,
      ])
    : '';
  const street = `${number} ${streetName(chance, lists)}${unit}`;
  const die = chance.next();
  if (die < 0.4) return street;
  if (die < 0.6) return `${street}, ${city(chance, lists)}`;
  if (die < 0.8) return `${street}, ${cityAndState(chance, lists)}`;
  return `${street}, ${cityAndState(chance, lists)} ${chance.digits(5)}`;
}

export function facility(chance: Chance, lists: Lists): string {
  const kind = chance.pick(KINDS);
  const die = chance.next();
  if (die < 0.24) return chance.pick(BRANDS);
  if (die < 0.38)
    return `${chance.pick(['St.', 'St', 'Saint'])} ${chance.pick(SAINTS)}${chance.pick(["'s", "'s", '’s', ''])}${chance.is(0.7) ? ` ${kind}` : ''}`;
  if (die < 0.52) return `${city(chance, lists)} ${kind}`;
  if (die < 0.64) return `${chance.pick(NATURE)}${chance.is(0.3) ? ` ${chance.pick(NATURE_TAIL)}` : ''} ${kind}`;
  if (die < 0.72) return `${chance.pick(NATURE)} ${chance.pick(NATURE_TAIL)}`;
  if (die < 0.8) return `${lastName(chance, lists)} ${kind}`;
  if (die < 0.84)
    return `University of ${chance.pick(lists.states)}${chance.is(0.6) ? ` ${chance.pick(['Medical Center', 'Hospital', 'Health'])}` : ''}`;
  if (die < 0.87) return `${streetName(chance, lists).replace('.', '')} ${kind}`;
  if (die < 0.9) return `${chance.pick(lists.states)} ${kind}`;
  if (die < 0.92) return chance.pick(NATURE.filter((word) => word.length > 7));
  if (die < 0.95)
    return `${chance.pick(['General', 'Memorial', 'Mercy', 'Presbyterian', 'Baptist', 'Lutheran', 'Sacred Heart', 'Good Samaritan', 'Holy Cross', 'Children’s', 'Veterans Affairs', 'County'])} ${chance.pick(['Hospital', 'Medical Center', 'Clinic', 'Health'])}`;
  return `${person2(chance, lists)} ${kind}`;
}

function person2(chance: Chance, lists: Lists): string {
  return chance.is(0.5)
    ? `${firstName(chance, lists)} ${lastName(chance, lists)}`
    : `${lastName(chance, lists)}-${lastName(chance, lists)}`;
}

export function employer(chance: Chance, lists: Lists): string {
  const die = chance.next();
  if (die < 0.25) return chance.pick(COMPANY_BRANDS);
  if (die < 0.32) return `${lastName(chance, lists)}, ${lastName(chance, lists)} and ${lastName(chance, lists)}`;
  if (die < 0.36) return `${lastName(chance, lists)}-${lastName(chance, lists)}`;
  if (die < 0.5) return `${lastName(chance, lists)} ${chance.pick(COMPANY_KINDS)}`;
  if (die < 0.8) return `${chance.pick(COMPANY_WORDS)} ${chance.pick(COMPANY_KINDS)}`;
  return `${city(chance, lists)} ${chance.pick(COMPANY_KINDS)}`;
}

export function county(chance: Chance, lists: Lists): string {
  return `${chance.pick([lastName(chance, lists), chance.pick(lists.citiesUs).name])} ${chance.pick(['County', 'County', 'Parish', 'Township', 'Borough'])}`;
}
