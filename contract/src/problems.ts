// The error catalogue: every refusal and failure that can leave the house. docs/errors.md is generated from this table
// and compared with it. A message is a constant sentence: no value ever enters it (docs/decisions/0006).

/** `openai` is the `type` of the OpenAI error envelope; `exit` is the CLI's exit code (spec: 1 no, 2 bad input, 3 refused by policy or consent, 4 not permitted, 5 unavailable, 6 internal). */
export interface ProblemEntry {
  readonly status: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6;
  readonly message: string;
  readonly remedy: string;
}

const table = {
  // Requests
  invalid_request: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The request does not have the required form.',
    remedy: 'Compare the field named in `field` with the API reference at /docs.',
  },
  not_found: {
    status: 404,
    level: 'info',
    exit: 2,
    message: 'There is no such thing here, or you may not know of it.',
    remedy: 'Check the id and the tenant that the credential belongs to.',
  },
  method_not_allowed: {
    status: 405,
    level: 'info',
    exit: 2,
    message: 'This address does not take that method.',
    remedy: 'See the API reference at /docs.',
  },
  conflict: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'The thing changed or already exists.',
    remedy: 'Read it again and repeat the change on the current version.',
  },
  idempotency_mismatch: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'This idempotency key belongs to another request.',
    remedy: 'Use a new key for a new request; repeat an old one unchanged.',
  },
  idempotency_in_progress: {
    status: 409,
    level: 'info',
    exit: 5,
    message: 'The request with this idempotency key is still being worked on.',
    remedy: 'Wait a moment and repeat it; the answer will be the first one’s.',
  },
  version_mismatch: {
    status: 412,
    level: 'info',
    exit: 2,
    message: 'The version named in If-Match is not the current one.',
    remedy: 'Read the current version, look at it again and repeat.',
  },
  uri_too_long: {
    status: 414,
    level: 'info',
    exit: 2,
    message: 'The address is longer than any of ours.',
    remedy: 'Send long values in the body.',
  },
  headers_too_large: {
    status: 431,
    level: 'info',
    exit: 2,
    message: 'The headers are larger than the server accepts.',
    remedy: 'Send less in headers and cookies.',
  },
  request_timeout: {
    status: 408,
    level: 'info',
    exit: 5,
    message: 'The request did not arrive in time.',
    remedy: 'Repeat it on a better connection.',
  },
  misdirected_request: {
    status: 421,
    level: 'warn',
    exit: 2,
    message: 'The request names a host that this server does not answer for.',
    remedy: 'Use the address that `cordon start` printed, or add the name to `hosts` in cordon.yaml.',
  },
  payload_too_large: {
    status: 413,
    level: 'info',
    exit: 2,
    message: 'The body is larger than this route accepts.',
    remedy: 'Send less, or use the streaming upload.',
  },
  unsupported_media_type: {
    status: 415,
    level: 'info',
    exit: 2,
    message: 'This route does not take that content type.',
    remedy: 'See the API reference at /docs for the accepted types.',
  },
  range_not_satisfiable: {
    status: 416,
    level: 'info',
    exit: 2,
    message: 'The byte range lies outside the recording.',
    remedy: 'Ask for a range within the length in Content-Range.',
  },
  rate_limited: {
    status: 429,
    level: 'info',
    exit: 5,
    message: 'Too many requests.',
    remedy: 'Wait for the number of seconds in Retry-After.',
  },
  phi_in_header: {
    status: 400,
    level: 'warn',
    exit: 2,
    message: 'A reference in a header looks like an identifier of a person.',
    remedy:
      'Send an opaque reference: no name, phone, e-mail, birth date or social security number. A bare number can be sent with a prefix (`mrn-…`).',
  },
  // Identity and access
  unauthenticated: {
    status: 401,
    level: 'info',
    exit: 4,
    message: 'No valid credential was given.',
    remedy: 'Send an API key as a bearer token, or sign in.',
  },
  not_permitted: {
    status: 403,
    level: 'warn',
    exit: 4,
    message: 'This credential does not have that permission.',
    remedy: 'Ask an administrator for a role that has it; docs/permissions.md lists them.',
  },
  reauthentication_required: {
    status: 403,
    level: 'info',
    exit: 4,
    message: 'This act needs you to sign in again first.',
    remedy: 'Re-authenticate with password and code; it holds for five minutes.',
  },
  person_required: {
    status: 403,
    level: 'warn',
    exit: 4,
    message: 'Only a signed-in person can do this; an API key never can.',
    remedy: 'Sign in as a person with the needed role.',
  },
  second_person_required: {
    status: 403,
    level: 'info',
    exit: 4,
    message: 'This act needs a second, different person.',
    remedy: 'Ask another person with the permission to approve it.',
  },
  account_locked: {
    status: 429,
    level: 'warn',
    exit: 4,
    message: 'Sign-in is locked after repeated failures.',
    remedy: 'Wait for the number of seconds in Retry-After, or ask an administrator.',
  },
  password_unsuitable: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'This password is too easy to guess.',
    remedy: 'Choose another: `reason` says whether it is common, repeating or made of your name or address.',
  },
  // Policy and consent
  consent_missing: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'No consent to record is on file for this encounter.',
    remedy: 'Record the consent first, or give --consent on the command line.',
  },
  consent_withdrawn: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The consent for this encounter was withdrawn.',
    remedy: 'Capture has stopped; the recording is quarantined. A new consent record is needed to go on.',
  },
  service_unknown: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'No registered service has that name or can do that.',
    remedy: 'List the services, and register or ask for one of them.',
  },
  agreement_missing: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'No agreement or attestation covers this service.',
    remedy: 'Record an agreement that names the service.',
  },
  agreement_expired: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'The agreement or attestation for this service is not in force.',
    remedy: 'Renew it and record the new dates.',
  },
  service_not_covered: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The agreement does not name this exact service.',
    remedy: 'An agreement for a platform is not enough: have the service named.',
  },
  purpose_not_allowed: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'This purpose is not allowed here.',
    remedy: 'Use one of the purposes of this tenant and key.',
  },
  class_not_allowed: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'This service may not see data of that class.',
    remedy: 'Choose a service that is cleared for the class.',
  },
  capability_not_allowed: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'This credential or service does not have that capability.',
    remedy: 'Use a key scoped to it.',
  },
  clause_missing: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The agreement lacks a clause that the law requires.',
    remedy: 'The decision names the clause; have it agreed and record the new version.',
  },
  retention_too_long: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The service keeps content longer than allowed, or that is unknown.',
    remedy: 'Configure a shorter retention at the service and record it.',
  },
  field_unsupported: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The service cannot be asked for this: its protocol has no place for a field of the request.',
    remedy: 'Leave out the field named in `field`, or choose a service that can take it (docs/formats/adapters.md).',
  },
  field_not_covered: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'The request holds a field that may not be sent on where content must be minimised or de-identified.',
    remedy: 'Leave the field out, or send it under a purpose whose content may leave as it is.',
  },
  feature_not_covered: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The request uses a feature that the service is not cleared for.',
    remedy: 'Leave the feature out, or have it cleared in the service row.',
  },
  region_not_allowed: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The service is outside the zone this data must stay in.',
    remedy: 'Choose a service inside the zone.',
  },
  refused_by_rule: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'A rule of the policy refuses this.',
    remedy: 'The decision names the rule and what would change its answer: `cordon policy explain`.',
  },
  training_risk: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'The service may train on content, or that is unknown.',
    remedy: 'Only services that never train on content may see PHI.',
  },
  pattern_invariant_failed: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'The service does not keep what its deployment pattern promises.',
    remedy: 'Correct the service row; the decision names the invariant.',
  },
  // AI services
  upstream_unavailable: {
    status: 502,
    level: 'error',
    exit: 5,
    message: 'The service could not be reached or failed, and no other service was allowed or able to take over.',
    remedy: 'Try again; look at the health of the service in the registry.',
  },
  upstream_timeout: {
    status: 504,
    level: 'error',
    exit: 5,
    message: 'The service did not answer in time, and no other service was allowed or able to take over.',
    remedy: 'Try again; ask for less at once, or have the time limit of the service raised.',
  },
  upstream_invalid: {
    status: 502,
    level: 'error',
    exit: 5,
    message: 'The service answered in a form that could not be read or with more than is taken.',
    remedy: 'Look at the adapter and the address of the service in the registry.',
  },
  upstream_refused: {
    status: 502,
    level: 'warn',
    exit: 5,
    message: 'The service refused the request.',
    remedy: 'Look at the fields of the request, and at the credential and limits of the service.',
  },
  caller_gone: {
    status: 499,
    level: 'info',
    exit: 5,
    message: 'The caller went away before the answer was complete.',
    remedy: 'Ask again; what was made until then stands in the ledger.',
  },
  credential_unusable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The secret that the service needs is not there or cannot be used.',
    remedy:
      'See `reason`; give it with `cordon services secret set NAME`, and let nobody but the account that runs Cordon read it.',
  },
  air_gap_open: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'This installation is to be air-gapped, but nothing outside the process keeps it so.',
    remedy:
      'Run it in a network namespace without a way out, or under systemd with IPAddressDeny=any (docs/operate/air-gap.md); `reason` says what was found.',
  },
  budget_exhausted: {
    status: 429,
    level: 'warn',
    exit: 5,
    message: 'The next call could cost more than is left of a budget.',
    remedy: 'Wait for the number of seconds in Retry-After, ask for less output, or have the budget raised.',
  },
  registry_invalid: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'What was to be recorded cannot be; nothing of it was.',
    remedy:
      'Each entry of `lines` is a path and what is wrong there; docs/formats/registry.md says what each member may be.',
  },
  service_kept: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'The installation keeps this record itself.',
    remedy: 'It follows from the speech engine that runs here; choose another with CORDON_SPEECH_MODEL.',
  },
  method_closed: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'The method record was stated or has ended: nothing of it changes any more.',
    remedy: 'Begin a new record; the old one holds until it is revoked or expires.',
  },
  method_incomplete: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'The method record lacks parts without which it cannot be in force.',
    remedy: '`missing` names them; docs/formats/method-record.md says how each comes about.',
  },
  sample_unusable: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The sample cannot be counted; nothing of it was kept.',
    remedy:
      'See `line`: one JSON object a line, with `id`, `text` and spans that lie in the text, as docs/formats/method-record.md says.',
  },
  dataset_unusable: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The risk of the dataset cannot be measured; nothing of it was kept.',
    remedy: 'See `reason` and `line`; docs/operate/de-identification.md says what a dataset looks like.',
  },
  // Audio and speech
  obligation_unmet: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'The decision asks for something that this route cannot do with an answer.',
    remedy: '`obligation` names it; use a purpose that does not ask for it, or the route that does it.',
  },
  deid_uncertain: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'The content could not be de-identified with certainty, so nothing of it was sent.',
    remedy: 'Use a service that is covered for PHI, or have a method of de-identification put in force.',
  },
  restore_incomplete: {
    status: 502,
    level: 'warn',
    exit: 5,
    message: 'A part of a stand-in was left in the answer, so the answer was not released.',
    remedy:
      'Repeat the call; a method of de-identification with placeholders instead of stand-ins does not run into this.',
  },
  review_required: {
    status: 403,
    level: 'warn',
    exit: 3,
    message: 'Answers for this purpose are released only after a clinician has signed them.',
    remedy: 'Ask for a draft and have it reviewed, or use a purpose whose answers go to the calling clinician.',
  },
  audio_unreadable: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The audio cannot be read.',
    remedy: 'The reason and the first bad offset are in `reason` and `offset`; send a complete file.',
  },
  audio_unusable: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The audio is readable but no engine can use it.',
    remedy: 'The reason is in `reason`: check sample rate, channels, length and sample values.',
  },
  decoder_missing: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'There is no decoder for this container on this machine.',
    remedy: 'Send WAV (PCM), or install the package named in `package`.',
  },
  engine_not_ready: {
    status: 503,
    level: 'warn',
    exit: 5,
    message: 'The speech engine is not ready yet.',
    remedy: 'Retry after the number of seconds in Retry-After; /readyz shows the progress.',
  },
  engine_missing: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'No speech engine could be acquired.',
    remedy: "Set CORDON_MODELS to a directory of models, or install Debian's pocketsphinx and pocketsphinx-en-us.",
  },
  engine_failed: {
    status: 502,
    level: 'error',
    exit: 5,
    message: 'The speech engine failed on this recording twice.',
    remedy: 'The recording is kept. Run `cordon doctor`, then retry the job.',
  },
  model_unverified: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'A model file does not have its recorded digest.',
    remedy: 'Remove the model and import it again: `cordon models verify` names the file.',
  },
  model_unreachable: {
    status: 503,
    level: 'warn',
    exit: 5,
    message: 'The model could not be fetched from where it is published.',
    remedy:
      'Check the way to the internet, or bring it by hand: `cordon models import` (docs/operate/models.md). What has come stays.',
  },
  model_invalid: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The model directory or its model.json is not usable.',
    remedy: 'See docs/operate/models.md for what a model directory must hold.',
  },
  model_unpinned: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'Nobody has published the digest of a file of this model.',
    remedy: 'Choose a pinned model, or pull it with --trust-first-use: then the digest of what comes is recorded.',
  },
  model_kept: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'This model cannot be changed or removed from here.',
    remedy:
      'See `reason`: the engine uses it (choose another with CORDON_SPEECH_MODEL and start again), or it lies in CORDON_MODELS, where you keep it yourself.',
  },
  air_gapped: {
    status: 403,
    level: 'info',
    exit: 3,
    message: 'This installation is air-gapped: nothing is fetched.',
    remedy: 'Bring the model by hand: `cordon models import` (docs/operate/models.md).',
  },
  vocabulary_invalid: {
    status: 422,
    level: 'info',
    exit: 2,
    message: 'The list of terms has lines that cannot be read; nothing was imported.',
    remedy:
      'Each entry of `lines` is a line number and what is wrong there; see docs/operate/vocabulary.md for the forms.',
  },
  // Notes and review
  draft_empty: {
    status: 422,
    level: 'info',
    exit: 1,
    message: 'The transcript holds nothing that a note can be drafted from.',
    remedy: 'Listen to the recording; record again if it is silent.',
  },
  review_incomplete: {
    status: 409,
    level: 'info',
    exit: 1,
    message: 'The note cannot be signed yet.',
    remedy: 'Resolve every flagged sentence; `sentences` lists their ids.',
  },
  version_not_seen: {
    status: 409,
    level: 'info',
    exit: 1,
    message: 'The version to be signed is not the one that was seen.',
    remedy: 'Open the current version, read it and sign that one.',
  },
  sentence_uncited: {
    status: 409,
    level: 'warn',
    exit: 1,
    message: 'A machine-written sentence without a citation cannot be signed.',
    remedy: 'Edit or reject the sentence.',
  },
  already_signed: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'The note is signed; it can only be amended.',
    remedy: 'Start an amendment.',
  },
  demo_note: {
    status: 409,
    level: 'info',
    exit: 1,
    message: 'A demonstration note cannot be filed.',
    remedy: 'Use a real encounter.',
  },
  fhir_invalid: {
    status: 422,
    level: 'error',
    exit: 1,
    message: 'The note cannot be said in valid FHIR as it is.',
    remedy: '`faults` names the rules and elements; most often an identifier system of the tenant is missing.',
  },
  // Custody
  ledger_read_only: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The ledger of this tenant is behind its newest anchor and is read-only.',
    remedy: 'If the database was lawfully restored, two people run `cordon ledger reopen`.',
  },
  ledger_unavailable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The ledger cannot be written, so nothing is released.',
    remedy: 'Check PostgreSQL and disk space; the call can be repeated.',
  },
  ledger_diverged: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The ledger does not agree with its own checkpoint and has stopped.',
    remedy: 'Keep the data as it is and run `cordon verify`; see docs/operate/ledger.md.',
  },
  clock_behind: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The clock of this machine is behind the newest entry.',
    remedy: 'Correct the clock; work goes on by itself.',
  },
  outcome_unknown: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The connection was lost while the record was being made; its fate is unknown.',
    remedy: 'Nothing was released. Repeat the request.',
  },
  key_unavailable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The key store cannot be read.',
    remedy: 'Check the key directory and its permissions: `cordon doctor`.',
  },
  content_destroyed: {
    status: 410,
    level: 'info',
    exit: 1,
    message: 'The content was destroyed; its record remains.',
    remedy: 'The certificate of destruction is in the ledger.',
  },
  sealed_object_invalid: {
    status: 500,
    level: 'error',
    exit: 6,
    message: 'A sealed object failed authentication and was not opened.',
    remedy: 'Keep it as it is; run `cordon doctor` and check the storage.',
  },
  // The house
  storage_unavailable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The database or the blob store cannot be used now.',
    remedy: 'Check PostgreSQL and disk space; work goes on by itself.',
  },
  storage_full: {
    status: 507,
    level: 'error',
    exit: 5,
    message: 'There is no space left to keep what was sent.',
    remedy: 'Free disk space; nothing acknowledged was lost.',
  },
  live_unavailable: {
    status: 503,
    level: 'warn',
    exit: 5,
    message: 'The speech engine of this machine cannot transcribe while somebody speaks.',
    remedy: 'Import a streaming model (`cordon models`), or send whole recordings.',
  },
  live_session_over: {
    status: 410,
    level: 'info',
    exit: 2,
    message: 'This live session has ended.',
    remedy: 'Read its transcript, or open a new session.',
  },
  live_session_taken: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'Another connection took this live session over.',
    remedy: 'A session has one connection at a time. Nothing is lost.',
  },
  live_reader_slow: {
    status: 408,
    level: 'info',
    exit: 5,
    message: 'What was sent to this connection was not read.',
    remedy: 'Connect again with the session’s id and the last event seen: nothing is lost.',
  },
  audio_gap: {
    status: 409,
    level: 'info',
    exit: 2,
    message: 'Sound is missing before the bytes that were sent.',
    remedy: 'Send again from the offset in `received`.',
  },
  upgrade_required: {
    status: 426,
    level: 'info',
    exit: 2,
    message: 'This address speaks WebSocket.',
    remedy: 'Connect with a WebSocket client (RFC 6455).',
  },
  shutting_down: {
    status: 503,
    level: 'info',
    exit: 5,
    message: 'The server is stopping.',
    remedy: 'Retry after the number of seconds in Retry-After.',
  },
  configuration_invalid: {
    status: 500,
    level: 'error',
    exit: 2,
    message: 'The configuration is contradictory or incomplete.',
    remedy: 'Every fault is listed in `faults`; correct them together.',
  },
  address_unavailable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The server cannot listen on its address: another program has it, or it is not allowed.',
    remedy: 'Stop what listens there, or choose another port with CORDON_PORT.',
  },
  path_unusable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'A file or directory that the server needs cannot be made, read or written.',
    remedy:
      'Look at `path` and `reason`; let the account that runs Cordon use it, or set CORDON_HOME, CORDON_KEYS or CORDON_ANCHORS to another place.',
  },
  home_in_use: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'Another process holds this CORDON_HOME.',
    remedy: 'Use that server, or stop it first.',
  },
  server_unreachable: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The server does not answer.',
    remedy: 'Start it with `npm start`, or set CORDON_URL.',
  },
  database_unsafe: {
    status: 500,
    level: 'error',
    exit: 2,
    message: 'PostgreSQL is configured so that a commit could be lost.',
    remedy: 'Set fsync=on, full_page_writes=on and synchronous_commit=on.',
  },
  database_privileges_missing: {
    status: 500,
    level: 'error',
    exit: 2,
    message: 'The database user of DATABASE_URL may not make what Cordon needs.',
    remedy: 'As a superuser run the statements in `sql`, then start again.',
  },
  database_login_failed: {
    status: 500,
    level: 'error',
    exit: 5,
    message: 'PostgreSQL did not accept the login.',
    remedy: 'Check DATABASE_URL, and that the key directory is the one this database was made with.',
  },
  data_directory_unusable: {
    status: 500,
    level: 'error',
    exit: 5,
    message: 'The embedded database cannot use its data directory.',
    remedy: 'The `reason` is explained in docs/operate/database.md; nothing was changed.',
  },
  migration_failed: {
    status: 500,
    level: 'error',
    exit: 6,
    message: 'A change to the database structure could not be made; nothing of it remains.',
    remedy: 'Keep the data as it is and report `migration` and `sqlState`.',
  },
  migration_changed: {
    status: 500,
    level: 'error',
    exit: 2,
    message: 'The database was made by another version of this program.',
    remedy: 'Run the version that made it, or a newer one; `migrations` names what differs.',
  },
  verification_failed: {
    status: 422,
    level: 'error',
    exit: 1,
    message: 'The proof does not verify.',
    remedy: 'The first fault is named in the report; keep the files as they are.',
  },
  lines_refused: {
    status: 422,
    level: 'info',
    exit: 1,
    message: 'Some lines of the input could not be read; the others were.',
    remedy: 'Look for `error` in the output: a line holds one JSON object with `id`, `text` and, if need be, `known`.',
  },
  files_refused: {
    status: 422,
    level: 'info',
    exit: 1,
    message: 'Some of the files could not be read; the others were.',
    remedy:
      'The files are named, each with its code. Correct them and run the same command again: what is done stays done.',
  },
  output_unsafe: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'What is to be read would be written over, or read again.',
    remedy: 'Name a directory for the output that is neither the input nor in it, nor around it.',
  },
  transcript_invalid: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The file is not a transcript with times.',
    remedy:
      'Bring what `cordon transcribe --json` wrote, or OpenAI’s `verbose_json` with words or segments; or use --transcribe.',
  },
  transcript_mismatch: {
    status: 422,
    level: 'warn',
    exit: 1,
    message: 'The transcript speaks of sound that is not in the recording.',
    remedy: 'Bring the transcript of exactly this file, or use --transcribe; nothing was written.',
  },
  file_unreadable: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'A file named on the command line cannot be used.',
    remedy: 'Check that the path is right, that it is the kind of file meant, and that you may use it.',
  },
  file_invalid: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'A file does not hold what it should.',
    remedy: 'Restore it, or remove it if the program that wrote it can write it again.',
  },
  runtime_missing: {
    status: 503,
    level: 'error',
    exit: 5,
    message: 'The Node that Cordon is made for is not installed.',
    remedy:
      'Run `npm ci` in the checkout. If npm is set to skip install scripts: `npm rebuild node --ignore-scripts=false`. Or use Node 24.',
  },
  policy_invalid: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The policy file is not as docs/formats/policy.md says.',
    remedy: 'Correct the members that are named; docs/formats/policy.schema.json lets an editor check it.',
  },
  policy_replay_differs: {
    status: 409,
    level: 'error',
    exit: 1,
    message: 'A past decision came out otherwise when it was made again.',
    remedy: 'Look at the entries that are named: their versions were changed, or the ledger’s facts were.',
  },
  manifest_invalid: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The list of recordings cannot be used.',
    remedy:
      'A JSON array of { "file", "text" } is needed; the lines at fault are named (docs/operate/evaluate-speech.md).',
  },
  accuracy_insufficient: {
    status: 422,
    level: 'info',
    exit: 1,
    message: 'More words were heard wrong than asked for.',
    remedy: 'See the figures per condition; try another model, or add the terms that were missed to the vocabulary.',
  },
  installation_unsound: {
    status: 500,
    level: 'error',
    exit: 1,
    message: 'The installation has a fault that must be mended.',
    remedy: 'Do what the report says beside each red finding, then run `cordon doctor` again.',
  },
  usage: {
    status: 400,
    level: 'info',
    exit: 2,
    message: 'The command was not understood.',
    remedy: 'Run it with --help.',
  },
  internal: {
    status: 500,
    level: 'error',
    exit: 6,
    message: 'Something failed inside.',
    remedy: 'Give the request id to the operator; the log has the code path, never the content.',
  },
} as const satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof table;

export const PROBLEMS: Readonly<Record<ProblemCode, ProblemEntry>> = table;

/** Details that may accompany a problem: counts, codes, field paths, opaque ids. Never content, never a person's words. */
export type ProblemDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What every part throws. `message` is the catalogue's sentence; `details` are safe to show and log. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly details: ProblemDetails;

  constructor(code: ProblemCode, details: ProblemDetails = {}, cause?: unknown) {
    super(PROBLEMS[code].message, cause === undefined ? undefined : { cause });
    this.name = 'ProblemError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof ProblemError;
}

export function isProblemCode(code: unknown): code is ProblemCode {
  return typeof code === 'string' && Object.hasOwn(table, code);
}
