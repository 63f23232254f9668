// Limits of the wire. Each has a unit and a reason; a value beyond one is `invalid_request` (or `payload_too_large`).

/** Characters of an opaque reference: a UUID with a prefix and room to spare, far below a header's 8 KiB. */
export const MAX_REFERENCE_CHARS = 128;

/** Characters of a person's or a key's label: longer than any real name, short enough for one line. */
export const MAX_LABEL_CHARS = 200;

/** Characters of an e-mail address (RFC 5321 §4.5.3.1.3: path of 256 octets with its brackets). */
export const MAX_EMAIL_CHARS = 254;

/** Characters of a password: NIST SP 800-63B-4 §3.1.1.2 asks for at least 64; the cap bounds the hashing of one request. */
export const MAX_PASSWORD_CHARS = 256;

/** Characters of a password at least: NIST SP 800-63B-4 §3.1.1.2 with a second factor. */
export const MIN_PASSWORD_CHARS = 12;

/** Characters of a reason or statement that a person types: two pages. */
export const MAX_REASON_CHARS = 4_000;

/** Characters of one note sentence: a paragraph pasted by a clinician still fits. */
export const MAX_SENTENCE_CHARS = 4_000;

/** Characters of a section title. */
export const MAX_TITLE_CHARS = 200;

/** Characters of a recognition hint (`prompt`): about the 224 tokens that speech models read. */
export const MAX_PROMPT_CHARS = 2_000;

/** Characters of the attestation that a signer confirms: the tenant's text comes back word for word. */
export const MAX_ATTESTATION_CHARS = 4_000;

/** Corrections or review actions in one request: a whole note or a long visit page at once. */
export const MAX_CHANGES = 1_000;

/** Items of one page; a reader asks for the next page by its cursor. */
export const MAX_PAGE_ITEMS = 200;
export const DEFAULT_PAGE_ITEMS = 50;

/** Characters of a page cursor: a sealed position, opaque to the reader. */
export const MAX_CURSOR_CHARS = 512;

/** Tags on one call: the sensitivity tags are seven; tenants add a few of their own. */
export const MAX_TAGS = 32;

/** Entries of any list in a request that names things (roles, purposes, CIDRs…). */
export const MAX_LIST_ITEMS = 64;

/** Bytes of a JSON body: a whole edited note fits ten times over. Recordings stream and have no such cap. */
export const MAX_JSON_BYTES = 1_048_576;

/** Bytes of a request to a language model: its longest contexts, a million tokens, are some four megabytes of text; images go beside. */
export const MAX_MODEL_BYTES = 16 * 1_048_576;

/** Channels in one recording: more is no visit; 12 and up is refused as `audio_unusable`. */
export const MAX_CHANNELS = 8;

/** Characters of an idempotency key (a UUID or a digest in hex). */
export const MAX_IDEMPOTENCY_CHARS = 128;

/** Characters of a time: RFC 3339 with nanoseconds has 30. */
export const MAX_TIME_CHARS = 40;

/** Characters of a word of a closed or tenant-made list (tag, kind, zone, language). */
export const MAX_WORD_CHARS = 64;

/** Characters of a vocabulary term or of one of its spoken forms: the longest drug names with their salts have 60. */
export const MAX_TERM_CHARS = 100;

/** Spoken forms of one term: a name and how a few people say it. */
export const MAX_SPOKEN_FORMS = 8;

/** UTF-16 code units of one text that is de-identified at once; more is work for a job. */
export const MAX_DEID_CHARS = 1_048_576;

/** Texts in one de-identification request; more come as a job. */
export const MAX_DEID_TEXTS = 1_000;

/** Known identifiers in one request: a patient's own and those of a large family, with their numbers. */
export const MAX_DEID_KNOWN = 500;

/** Characters of a known identifier: the longest postal address. */
export const MAX_KNOWN_CHARS = 500;

/** Terms in one JSON request; a longer list is imported as a file. */
export const MAX_JSON_TERMS = 20_000;

/** Positions in a ledger: what a double holds exactly. */
export const MAX_LEDGER_INDEX = Number.MAX_SAFE_INTEGER;

/** Characters of an address: what servers and proxies commonly take (RFC 9110 §4.1 asks for 8,000 at least; none of ours is near). */
export const MAX_URL_CHARS = 2_000;

/** Bytes of an agreement as a file: a scanned contract of a hundred pages. */
export const MAX_DOCUMENT_BYTES = 52_428_800;

/** Bytes of a sample that recall is measured on or that a person read: ten thousand notes. */
export const MAX_SAMPLE_BYTES = 64 * 1_048_576;

/** Bytes of a dataset whose risk is measured: several million records of a few columns. */
export const MAX_DATASET_BYTES = 512 * 1_048_576;

/** Bytes of a registry file: a thousand services with their prices fit. */
export const MAX_REGISTRY_FILE_BYTES = 4_194_304;
