// The tagger's labels. OTHER is what identifies and no rule found: spoken numbers, odd codes.

export const OUTSIDE = 0;
export const NAME = 1;
export const LOCATION = 2;
export const FACILITY = 3;
export const OTHER = 4;
export const LABELS = 5;
/** Labels with weights of their own; OUTSIDE is what the others are compared with. */
export const WEIGHED = 4;
