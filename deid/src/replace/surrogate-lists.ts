// What surrogates are made of. Plain, common, of no one: drawn at random, never chosen by the value they stand for.

/** Two letters that answers are full of: nobody gets them as initials, because initials that are left over are looked for. */
export const TAKEN_INITIALS: ReadonlySet<string> = new Set(
  'AC AD AF AI AM AP AS BE BM BP BS CA CC CD CF CK CM CO CP CR CT CV DC DI DM DO DR DS EC ED EF EM ER ES ET EU FH FS GA GE GI GP GU HA HB HC HD HR HS HT ID IM IN IO IQ IS IT IV LA LE LV MD ME MG MI ML MR MS MV NA NO NP NS OA OB OD OK ON OR OS OT PA PC PE PH PM PO PR PS PT RA RN RR RT RV RX SA SC SI SL SO SS ST TB TE TH TI TO TV UA UK UP US UV VA VS VT WA WE WT'.split(
    ' ',
  ),
);

/** Halves of coined family names and towns, for when the lists have given all they hold. */
export const FRONTS: readonly string[] =
  'Ash Barn Birk Brant Cold Crom Dal Elms Farn Gren Hal Hart Hol Kel Kirk Lang Lin Marl Nor Oak Pem Rad Raven Rock Sel Shel Stan Thorn Wal Wick'.split(
    ' ',
  );
export const BACKS: readonly string[] =
  'bourne bridge bury combe cott croft dale field ford ham hurst ley lock low mere more stead stone ton well wick worth'.split(
    ' ',
  );

export const FIRST_NAMES: readonly string[] =
  'Adele Alan Alicia Amos Andre Anita Arlene Arthur Audrey Bernard Beth Boris Brenda Bruno Camille Carla Cecil Celia Chester Clara Clifford Connie Corey Craig Dana Darlene Dexter Donna Doris Duncan Edith Edwin Elaine Elmer Elsa Erica Ernest Estelle Eugene Eva Felix Fiona Floyd Freda Gavin Gilbert Gina Glenda Gordon Greta Harold Hazel Hector Heidi Herman Hilda Homer Ida Irene Irving Isabel Ivan Jasper Jenna Jerome Joanne Joel Judith Julius Karen Keith Kenneth Lance Laverne Leon Leslie Lloyd Lorena Lucille Luther Mabel Marcia Marvin Maxine Melvin Mildred Milton Monica Morris Muriel Myron Nadine Naomi Neil Nelson Nina Norman Olga Oliver Opal Oscar Pamela Paula Percy Phyllis Quentin Ramona Randall Regina Reuben Rhonda Roland Rosalie Rufus Ruth Sheldon Sonia Stanley Stella Sylvia Tamara Theodore Trevor Ursula Vernon Victor Viola Wallace Wanda Wendell Wilma Winston Yvette Yvonne'.split(
    ' ',
  );

export const LAST_NAMES: readonly string[] =
  'Abbott Ackerman Aldridge Applegate Atwood Bancroft Barlow Beckett Bellamy Benson Blackwell Bowden Bradshaw Brennan Briggs Burgess Cahill Calloway Carmichael Chadwick Clayton Colby Conway Copeland Cowan Crawley Dalton Darnell Dawson Delaney Dempsey Drummond Eaton Ellison Emerson Fairbanks Farnsworth Fenton Finch Fletcher Garrison Gilmore Goodwin Granger Greer Hadley Halloway Hammond Hargrove Hastings Hawthorne Hendricks Holloway Ingram Jarvis Kendrick Kirkland Langley Latham Lockwood Lowell Maddox Marlowe Mayfield McAllister Mercer Middleton Norwood Oakley Pemberton Penrose Prescott Quimby Radcliffe Ramsey Redmond Ridley Rowland Sawyer Selby Sheffield Sinclair Stanton Sterling Sutherland Talbot Thatcher Thornton Tillman Underhill Vaughn Wakefield Walton Weatherby Wexler Whitaker Winslow Wycliff Yardley York'.split(
    ' ',
  );

export const CITIES: readonly string[] =
  'Ashby Brookhaven Cedarville Clearwater Dunmore Eastbrook Fairview Glenwood Harborview Hillcrest Kingsbury Lakemont Maplewood Millbrook Northfield Oakdale Pinehurst Ridgefield Riverton Rockport Springdale Stonebridge Sunnyside Thornbury Westbrook Willowdale Woodbridge'.split(
    ' ',
  );

export const STREETS: readonly string[] =
  'Alder Avenue|Birch Street|Chestnut Lane|Dogwood Drive|Elder Road|Fern Street|Garden Way|Heather Lane|Juniper Road|Laurel Avenue|Linden Street|Meadow Lane|Orchard Road|Poplar Street|Rowan Avenue|Spruce Street|Sycamore Drive|Walnut Street|Willow Road'.split(
    '|',
  );

export const FACILITIES: readonly string[] =
  'General Hospital|Regional Medical Center|Community Hospital|Family Clinic|Memorial Hospital|Health Center|Medical Group'.split(
    '|',
  );
