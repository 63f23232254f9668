schema cordon owner-kind administrator
schema pgboss owner-kind cordon_jobs
grant USAGE on schema cordon to cordon_access
grant USAGE on schema cordon to cordon_app
grant USAGE on schema cordon to cordon_ledger
table allowance walled
table allowance_place walled
table api_key walled
table approval walled
table break_glass walled
table budget walled
table consent walled
table deid_job walled
table deid_method walled
table deid_part walled
table draft walled
table encounter walled
table encounter_person walled
table idempotency walled
table invitation walled
table ledger_call walled
table ledger_checkpoint walled
table ledger_entry walled
table ledger_frame
table ledger_head walled
table ledger_inbox walled
table ledger_process
table ledger_stream walled
table ledger_tile walled
table live_event walled
table live_session walled
table live_sound walled
table locator walled
table migration
table note walled
table note_signature walled
table note_version walled
table person walled
table person_secret walled
table policy_choice walled
table policy_shadow_difference walled
table policy_version walled
table recording walled
table recovery_code walled
table registry_agreement walled
table registry_claim walled
table registry_document walled
table registry_service walled
table registry_snapshot walled
table rulebook_state walled
table session walled
table sign_in_attempt walled
table tenant walled
table transcript walled
table transcription walled
table transcription_segment walled
table vocabulary_version walled
column allowance.holder text not null
column allowance.taken bigint not null
column allowance.tenant uuid not null
column allowance.unit text not null
column allowance.window_start text not null
column allowance_place.held integer not null
column allowance_place.holder text not null
column allowance_place.lease_until timestamp with time zone not null
column allowance_place.process uuid not null
column allowance_place.tenant uuid not null
column api_key.ciphertext bytea not null
column api_key.created_at timestamp with time zone not null
column api_key.created_by uuid not null
column api_key.default_purpose text
column api_key.digest bytea not null
column api_key.erasure_key text not null
column api_key.expires_at timestamp with time zone
column api_key.id uuid not null
column api_key.last_used_at timestamp with time zone
column api_key.owner uuid not null
column api_key.permissions text[] not null
column api_key.revoked_at timestamp with time zone
column api_key.scopes jsonb not null
column api_key.tenant uuid not null
column api_key.wrap bytea not null
column approval.act text not null
column approval.ciphertext bytea not null
column approval.decided_at timestamp with time zone
column approval.decided_by uuid
column approval.erasure_key text not null
column approval.expires_at timestamp with time zone not null
column approval.id uuid not null
column approval.requested_at timestamp with time zone not null
column approval.requested_by uuid not null
column approval.state text not null
column approval.tenant uuid not null
column approval.wrap bytea not null
column break_glass.ciphertext bytea not null
column break_glass.encounter uuid not null
column break_glass.erasure_key text not null
column break_glass.id uuid not null
column break_glass.opened_at timestamp with time zone not null
column break_glass.person uuid not null
column break_glass.reason_code text not null
column break_glass.reviewed_at timestamp with time zone
column break_glass.reviewed_by uuid
column break_glass.tenant uuid not null
column break_glass.until timestamp with time zone not null
column break_glass.verdict text
column break_glass.wrap bytea not null
column budget.changed_at timestamp with time zone not null
column budget.limits jsonb not null
column budget.tenant uuid not null
column consent.ciphertext bytea not null
column consent.encounter uuid not null
column consent.erasure_key text not null
column consent.id uuid not null
column consent.jurisdiction text
column consent.manner text not null
column consent.obtained_at timestamp with time zone not null
column consent.recorded_at timestamp with time zone not null
column consent.recorded_by uuid not null
column consent.tenant uuid not null
column consent.withdrawn_at timestamp with time zone
column consent.wrap bytea not null
column deid_job.actor_id uuid not null
column deid_job.actor_type text not null
column deid_job.characters bigint not null default 0
column deid_job.created_at timestamp with time zone not null
column deid_job.expires_at timestamp with time zone not null
column deid_job.id uuid not null
column deid_job.lines integer not null default 0
column deid_job.lines_done integer not null default 0
column deid_job.lines_refused integer not null default 0
column deid_job.problem text
column deid_job.receipt integer not null default 1
column deid_job.replaced bigint not null default 0
column deid_job.settings jsonb not null
column deid_job.state text not null
column deid_job.tenant uuid not null
column deid_job.updated_at timestamp with time zone not null
column deid_method.ciphertext bytea not null
column deid_method.erasure_key text not null
column deid_method.id uuid not null
column deid_method.recorded_at timestamp with time zone not null default now()
column deid_method.row jsonb not null
column deid_method.tenant uuid not null
column deid_method.version integer not null
column deid_method.wrap bytea not null
column deid_part.ciphertext bytea not null
column deid_part.erasure_key text not null
column deid_part.job uuid not null
column deid_part.lines integer not null
column deid_part.ordinal integer not null
column deid_part.state text not null
column deid_part.tenant uuid not null
column deid_part.wrap bytea not null
column draft.ciphertext bytea not null
column draft.created_at timestamp with time zone not null
column draft.drafter text not null
column draft.encounter uuid not null
column draft.erasure_key text not null
column draft.flagged integer not null
column draft.id uuid not null
column draft.template text not null
column draft.tenant uuid not null
column draft.transcript uuid not null
column draft.transcript_version integer not null
column draft.wrap bytea not null
column encounter.ciphertext bytea not null
column encounter.clinician uuid
column encounter.created_at timestamp with time zone not null
column encounter.created_by uuid not null
column encounter.demo boolean not null default false
column encounter.erasure_key text not null
column encounter.id uuid not null
column encounter.patient_digest bytea
column encounter.purpose text not null
column encounter.reference_digest bytea
column encounter.state text not null default 'open'::text
column encounter.tenant uuid not null
column encounter.wrap bytea not null
column encounter_person.added_at timestamp with time zone not null
column encounter_person.encounter uuid not null
column encounter_person.person uuid not null
column encounter_person.relation text not null
column encounter_person.tenant uuid not null
column idempotency.ciphertext bytea
column idempotency.digest bytea not null
column idempotency.erasure_key text
column idempotency.expires_at timestamp with time zone not null
column idempotency.fingerprint bytea not null
column idempotency.id uuid not null
column idempotency.lease_until timestamp with time zone not null
column idempotency.owner uuid not null
column idempotency.state text not null
column idempotency.tenant uuid not null
column idempotency.wrap bytea
column invitation.digest bytea not null
column invitation.expires_at timestamp with time zone not null
column invitation.id uuid not null
column invitation.password_hash text
column invitation.person uuid not null
column invitation.purpose text not null
column invitation.tenant uuid not null
column invitation.used_at timestamp with time zone
column ledger_call.intent_id uuid not null
column ledger_call.process uuid not null
column ledger_call.tenant uuid not null
column ledger_checkpoint.anchored boolean not null default false
column ledger_checkpoint.created_at timestamp with time zone not null default now()
column ledger_checkpoint.epoch integer not null
column ledger_checkpoint.frontier bytea not null
column ledger_checkpoint.note text
column ledger_checkpoint.root bytea not null
column ledger_checkpoint.size bigint not null
column ledger_checkpoint.tenant uuid not null
column ledger_entry.ciphertext bytea
column ledger_entry.entry_id uuid not null
column ledger_entry.erasure_key text
column ledger_entry.facts jsonb
column ledger_entry.header bytea not null
column ledger_entry.index bigint not null
column ledger_entry.kind text not null
column ledger_entry.leaf_hash bytea not null
column ledger_entry.salt bytea
column ledger_entry.tenant uuid not null
column ledger_entry.time timestamp with time zone not null
column ledger_entry.wrap bytea
column ledger_frame.frames bytea not null
column ledger_frame.id bigint not null identity
column ledger_frame.process uuid not null
column ledger_head.epoch integer not null default 0
column ledger_head.frontier bytea not null
column ledger_head.last_time timestamp with time zone
column ledger_head.root bytea not null
column ledger_head.size bigint not null default 0
column ledger_head.state text not null default 'open'::text
column ledger_head.tenant uuid not null
column ledger_inbox.ciphertext bytea
column ledger_inbox.draft text not null
column ledger_inbox.entry_id uuid not null
column ledger_inbox.erasure_key text
column ledger_inbox.facts jsonb
column ledger_inbox.intent_id uuid
column ledger_inbox.kind text not null
column ledger_inbox.refused boolean not null default false
column ledger_inbox.salt bytea
column ledger_inbox.seq bigint not null identity
column ledger_inbox.tenant uuid not null
column ledger_inbox.wrap bytea
column ledger_process.alive boolean not null default true
column ledger_process.heartbeat_at timestamp with time zone not null default clock_timestamp()
column ledger_process.id uuid not null
column ledger_stream.closed boolean not null default false
column ledger_stream.erasure_key text not null
column ledger_stream.frame_count integer not null default 0
column ledger_stream.frames bytea
column ledger_stream.intent_id uuid not null
column ledger_stream.outcome_id uuid not null
column ledger_stream.process uuid not null
column ledger_stream.stream_id uuid not null
column ledger_stream.tenant uuid not null
column ledger_stream.wrap bytea not null
column ledger_tile.hashes bytea not null
column ledger_tile.level smallint not null
column ledger_tile.n bigint not null
column ledger_tile.root bytea not null
column ledger_tile.tenant uuid not null
column live_event.ciphertext bytea not null
column live_event.erasure_key text not null
column live_event.ordinal integer not null
column live_event.session uuid not null
column live_event.tenant uuid not null
column live_event.wrap bytea not null
column live_session.actor_id uuid not null
column live_session.actor_type text not null
column live_session.bytes bigint not null default 0
column live_session.created_at timestamp with time zone not null
column live_session.encounter uuid not null
column live_session.epoch integer not null
column live_session.id uuid not null
column live_session.recording uuid not null
column live_session.requested jsonb not null
column live_session.seen_at timestamp with time zone not null
column live_session.setup jsonb not null
column live_session.state text not null
column live_session.tenant uuid not null
column live_session.transcript uuid
column live_sound.bytes integer not null
column live_sound.ciphertext bytea not null
column live_sound.erasure_key text not null
column live_sound.first_byte bigint not null
column live_sound.ordinal integer not null
column live_sound.session uuid not null
column live_sound.tenant uuid not null
column live_sound.wrap bytea not null
column locator.digest bytea not null
column locator.kind text not null
column locator.tenant uuid not null
column migration.applied_at timestamp with time zone not null default now()
column migration.checksum text not null
column migration.name text not null
column note.amends uuid
column note.ciphertext bytea not null
column note.created_at timestamp with time zone not null
column note.demo boolean not null
column note.draft uuid not null
column note.encounter uuid not null
column note.erasure_key text not null
column note.id uuid not null
column note.open_sentences integer not null
column note.seal_version integer not null
column note.state text not null
column note.template text not null
column note.tenant uuid not null
column note.updated_at timestamp with time zone not null
column note.version integer not null
column note.wrap bytea not null
column note_signature.entry uuid not null
column note_signature.note uuid not null
column note_signature.signed_at timestamp with time zone not null
column note_signature.signer uuid not null
column note_signature.tenant uuid not null
column note_signature.version integer not null
column note_version.author uuid not null
column note_version.changes integer not null
column note_version.ciphertext bytea not null
column note_version.created_at timestamp with time zone not null
column note_version.erasure_key text not null
column note_version.note uuid not null
column note_version.tenant uuid not null
column note_version.version integer not null
column note_version.wrap bytea not null
column person.created_at timestamp with time zone not null
column person.email_digest bytea not null
column person.id uuid not null
column person.last_sign_in_at timestamp with time zone
column person.password_hash text
column person.roles text[] not null
column person.state text not null
column person.tenant uuid not null
column person.totp_step bigint not null default 0
column person_secret.ciphertext bytea not null
column person_secret.erasure_key text not null
column person_secret.kind text not null
column person_secret.person uuid not null
column person_secret.tenant uuid not null
column person_secret.version integer not null
column person_secret.wrap bytea not null
column policy_choice.approved_by text
column policy_choice.asked_by text not null
column policy_choice.chosen_at timestamp with time zone not null
column policy_choice.policy_id text
column policy_choice.role text not null
column policy_choice.seq bigint not null identity
column policy_choice.tenant uuid not null
column policy_choice.version integer
column policy_choice.waived boolean not null default false
column policy_shadow_difference.actor text not null
column policy_shadow_difference.count bigint not null
column policy_shadow_difference.intent_id uuid not null
column policy_shadow_difference.last_at timestamp with time zone not null
column policy_shadow_difference.live text not null
column policy_shadow_difference.live_code text not null
column policy_shadow_difference.live_service text not null
column policy_shadow_difference.purpose text not null
column policy_shadow_difference.shadow text not null
column policy_shadow_difference.shadow_code text not null
column policy_shadow_difference.shadow_service text not null
column policy_shadow_difference.tenant uuid not null
column policy_version.document jsonb not null
column policy_version.id text not null
column policy_version.recorded_at timestamp with time zone not null default now()
column policy_version.tenant uuid not null
column policy_version.version integer not null
column recording.bytes bigint not null default 0
column recording.channels integer
column recording.codec text
column recording.consent uuid not null
column recording.content_type text not null
column recording.created_at timestamp with time zone not null
column recording.duration_ms bigint
column recording.encounter uuid not null
column recording.erasure_key text not null
column recording.id uuid not null
column recording.sample_rate integer
column recording.state text not null
column recording.tenant uuid not null
column recording.wrap bytea not null
column recovery_code.digest bytea not null
column recovery_code.person uuid not null
column recovery_code.tenant uuid not null
column registry_agreement.ciphertext bytea
column registry_agreement.erasure_key text
column registry_agreement.id text not null
column registry_agreement.recorded_at timestamp with time zone not null default now()
column registry_agreement.row jsonb not null
column registry_agreement.tenant uuid not null
column registry_agreement.version integer not null
column registry_agreement.wrap bytea
column registry_claim.ciphertext bytea not null
column registry_claim.erasure_key text not null
column registry_claim.id uuid not null
column registry_claim.recorded_at timestamp with time zone not null default now()
column registry_claim.tenant uuid not null
column registry_claim.version integer not null
column registry_claim.wrap bytea not null
column registry_document.created_at timestamp with time zone not null
column registry_document.erasure_key text not null
column registry_document.id uuid not null
column registry_document.state text not null
column registry_document.tenant uuid not null
column registry_document.wrap bytea not null
column registry_service.ciphertext bytea
column registry_service.erasure_key text
column registry_service.id text not null
column registry_service.recorded_at timestamp with time zone not null default now()
column registry_service.row jsonb not null
column registry_service.tenant uuid not null
column registry_service.version integer not null
column registry_service.wrap bytea
column registry_snapshot.rows jsonb not null
column registry_snapshot.tenant uuid not null
column registry_snapshot.version text not null
column rulebook_state.changes bigint not null
column rulebook_state.tenant uuid not null
column session.address_digest bytea
column session.client text not null
column session.digest bytea not null
column session.end_reason text
column session.ended_at timestamp with time zone
column session.expires_at timestamp with time zone not null
column session.id uuid not null
column session.opened_at timestamp with time zone not null
column session.person uuid not null
column session.reauthenticated_at timestamp with time zone not null
column session.seen_at timestamp with time zone not null
column session.tenant uuid not null
column sign_in_attempt.digest bytea not null
column sign_in_attempt.failures integer not null
column sign_in_attempt.last_at timestamp with time zone not null
column sign_in_attempt.locked_until timestamp with time zone
column tenant.created_at timestamp with time zone not null
column tenant.name text not null
column tenant.tenant uuid not null
column transcript.accuracy text not null
column transcript.author_id uuid not null
column transcript.author_type text not null
column transcript.ciphertext bytea not null
column transcript.created_at timestamp with time zone not null
column transcript.encounter uuid not null
column transcript.erasure_key text not null
column transcript.id uuid not null
column transcript.kind text not null
column transcript.recording uuid not null
column transcript.tenant uuid not null
column transcript.version integer not null
column transcript.wrap bytea not null
column transcription.actor_id uuid not null
column transcription.actor_type text not null
column transcription.attempt integer not null default 0
column transcription.begun jsonb
column transcription.call jsonb
column transcription.created_at timestamp with time zone not null
column transcription.duration_ms bigint
column transcription.encounter uuid not null
column transcription.id uuid not null
column transcription.problem text
column transcription.progress_ms bigint not null default 0
column transcription.recording uuid not null
column transcription.requested jsonb not null
column transcription.state text not null
column transcription.tenant uuid not null
column transcription.transcript uuid
column transcription.updated_at timestamp with time zone not null
column transcription_segment.ciphertext bytea not null
column transcription_segment.end_ms bigint not null
column transcription_segment.erasure_key text not null
column transcription_segment.ordinal integer not null
column transcription_segment.tenant uuid not null
column transcription_segment.transcription uuid not null
column transcription_segment.wrap bytea not null
column vocabulary_version.author_id uuid not null
column vocabulary_version.author_type text not null
column vocabulary_version.ciphertext bytea not null
column vocabulary_version.created_at timestamp with time zone not null
column vocabulary_version.erasure_key text not null
column vocabulary_version.tenant uuid not null
column vocabulary_version.terms integer not null
column vocabulary_version.version integer not null
column vocabulary_version.wrap bytea not null
constraint allowance.allowance_pkey PRIMARY KEY (tenant, holder, unit, window_start)
constraint allowance.allowance_taken_check CHECK ((taken >= 0))
constraint allowance_place.allowance_place_held_check CHECK ((held > 0))
constraint allowance_place.allowance_place_pkey PRIMARY KEY (tenant, holder, process)
constraint api_key.api_key_pkey PRIMARY KEY (tenant, id)
constraint api_key.api_key_tenant_digest_key UNIQUE (tenant, digest)
constraint api_key.api_key_tenant_owner_fkey FOREIGN KEY (tenant, owner) REFERENCES cordon.person(tenant, id)
constraint approval.approval_check CHECK (((decided_by IS NULL) OR (decided_by <> requested_by)))
constraint approval.approval_pkey PRIMARY KEY (tenant, id)
constraint approval.approval_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'refused'::text, 'done'::text])))
constraint approval.approval_tenant_decided_by_fkey FOREIGN KEY (tenant, decided_by) REFERENCES cordon.person(tenant, id)
constraint approval.approval_tenant_requested_by_fkey FOREIGN KEY (tenant, requested_by) REFERENCES cordon.person(tenant, id)
constraint break_glass.break_glass_pkey PRIMARY KEY (tenant, id)
constraint break_glass.break_glass_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES cordon.person(tenant, id)
constraint break_glass.break_glass_verdict_check CHECK ((verdict = ANY (ARRAY['justified'::text, 'unjustified'::text])))
constraint budget.budget_pkey PRIMARY KEY (tenant)
constraint consent.consent_manner_check CHECK ((manner = ANY (ARRAY['verbal'::text, 'written'::text, 'dictation'::text, 'caller-attests'::text])))
constraint consent.consent_pkey PRIMARY KEY (tenant, id)
constraint consent.consent_tenant_encounter_fkey FOREIGN KEY (tenant, encounter) REFERENCES cordon.encounter(tenant, id)
constraint deid_job.deid_job_pkey PRIMARY KEY (tenant, id)
constraint deid_job.deid_job_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
constraint deid_method.deid_method_pkey PRIMARY KEY (tenant, id, version)
constraint deid_method.deid_method_version_check CHECK ((version > 0))
constraint deid_part.deid_part_lines_check CHECK ((lines > 0))
constraint deid_part.deid_part_ordinal_check CHECK ((ordinal > 0))
constraint deid_part.deid_part_pkey PRIMARY KEY (tenant, job, ordinal)
constraint deid_part.deid_part_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text])))
constraint deid_part.deid_part_tenant_job_fkey FOREIGN KEY (tenant, job) REFERENCES cordon.deid_job(tenant, id) ON DELETE CASCADE
constraint draft.draft_pkey PRIMARY KEY (tenant, id)
constraint draft.draft_tenant_transcript_transcript_version_fkey FOREIGN KEY (tenant, transcript, transcript_version) REFERENCES cordon.transcript(tenant, id, version)
constraint encounter.encounter_pkey PRIMARY KEY (tenant, id)
constraint encounter.encounter_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text])))
constraint encounter_person.encounter_person_pkey PRIMARY KEY (tenant, encounter, person)
constraint encounter_person.encounter_person_relation_check CHECK ((relation = ANY (ARRAY['clinician'::text, 'reviewer'::text, 'creator'::text])))
constraint encounter_person.encounter_person_tenant_encounter_fkey FOREIGN KEY (tenant, encounter) REFERENCES cordon.encounter(tenant, id)
constraint idempotency.idempotency_check CHECK (((state = 'done'::text) = ((ciphertext IS NOT NULL) AND (erasure_key IS NOT NULL) AND (wrap IS NOT NULL))))
constraint idempotency.idempotency_pkey PRIMARY KEY (tenant, id)
constraint idempotency.idempotency_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
constraint idempotency.idempotency_tenant_digest_key UNIQUE (tenant, digest)
constraint invitation.invitation_pkey PRIMARY KEY (tenant, id)
constraint invitation.invitation_purpose_check CHECK ((purpose = ANY (ARRAY['join'::text, 'password'::text, 'authenticator'::text])))
constraint invitation.invitation_tenant_digest_key UNIQUE (tenant, digest)
constraint invitation.invitation_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES cordon.person(tenant, id)
constraint ledger_call.ledger_call_pkey PRIMARY KEY (tenant, intent_id)
constraint ledger_checkpoint.ledger_checkpoint_pkey PRIMARY KEY (tenant, epoch, size)
constraint ledger_checkpoint.ledger_checkpoint_root_check CHECK ((length(root) = 32))
constraint ledger_entry.ledger_entry_leaf_hash_check CHECK ((length(leaf_hash) = 32))
constraint ledger_entry.ledger_entry_pkey PRIMARY KEY (tenant, index)
constraint ledger_entry.ledger_entry_tenant_entry_id_key UNIQUE (tenant, entry_id)
constraint ledger_frame.ledger_frame_pkey PRIMARY KEY (id)
constraint ledger_head.ledger_head_epoch_check CHECK ((epoch >= 0))
constraint ledger_head.ledger_head_frontier_check CHECK (((length(frontier) % 32) = 0))
constraint ledger_head.ledger_head_pkey PRIMARY KEY (tenant)
constraint ledger_head.ledger_head_root_check CHECK ((length(root) = 32))
constraint ledger_head.ledger_head_size_check CHECK ((size >= 0))
constraint ledger_head.ledger_head_state_check CHECK ((state = ANY (ARRAY['open'::text, 'read_only'::text, 'diverged'::text])))
constraint ledger_inbox.ledger_inbox_pkey PRIMARY KEY (tenant, seq)
constraint ledger_inbox.ledger_inbox_tenant_entry_id_key UNIQUE (tenant, entry_id)
constraint ledger_process.ledger_process_id_alive_key UNIQUE (id, alive)
constraint ledger_process.ledger_process_pkey PRIMARY KEY (id)
constraint ledger_stream.ledger_stream_pkey PRIMARY KEY (tenant, stream_id)
constraint ledger_tile.ledger_tile_hashes_check CHECK ((length(hashes) = 8192))
constraint ledger_tile.ledger_tile_pkey PRIMARY KEY (tenant, level, n)
constraint ledger_tile.ledger_tile_root_check CHECK ((length(root) = 32))
constraint live_event.live_event_pkey PRIMARY KEY (tenant, session, ordinal)
constraint live_event.live_event_tenant_session_fkey FOREIGN KEY (tenant, session) REFERENCES cordon.live_session(tenant, id)
constraint live_session.live_session_epoch_check CHECK ((epoch > 0))
constraint live_session.live_session_pkey PRIMARY KEY (tenant, id)
constraint live_session.live_session_state_check CHECK ((state = ANY (ARRAY['open'::text, 'closed'::text, 'quarantined'::text, 'deleted'::text])))
constraint live_session.live_session_tenant_encounter_fkey FOREIGN KEY (tenant, encounter) REFERENCES cordon.encounter(tenant, id)
constraint live_sound.live_sound_pkey PRIMARY KEY (tenant, session, ordinal)
constraint live_sound.live_sound_tenant_session_fkey FOREIGN KEY (tenant, session) REFERENCES cordon.live_session(tenant, id)
constraint locator.locator_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'session'::text, 'api-key'::text, 'invitation'::text])))
constraint locator.locator_pkey PRIMARY KEY (digest, tenant)
constraint locator.locator_tenant_fkey FOREIGN KEY (tenant) REFERENCES cordon.tenant(tenant)
constraint migration.migration_pkey PRIMARY KEY (name)
constraint note.note_pkey PRIMARY KEY (tenant, id)
constraint note.note_seal_version_check CHECK ((seal_version > 0))
constraint note.note_state_check CHECK ((state = ANY (ARRAY['in_review'::text, 'signed'::text, 'amended'::text, 'rejected'::text])))
constraint note.note_tenant_draft_fkey FOREIGN KEY (tenant, draft) REFERENCES cordon.draft(tenant, id)
constraint note.note_tenant_encounter_fkey FOREIGN KEY (tenant, encounter) REFERENCES cordon.encounter(tenant, id)
constraint note.note_version_check CHECK ((version > 0))
constraint note_signature.note_signature_pkey PRIMARY KEY (tenant, note)
constraint note_signature.note_signature_tenant_note_version_fkey FOREIGN KEY (tenant, note, version) REFERENCES cordon.note_version(tenant, note, version)
constraint note_version.note_version_pkey PRIMARY KEY (tenant, note, version)
constraint note_version.note_version_tenant_note_fkey FOREIGN KEY (tenant, note) REFERENCES cordon.note(tenant, id)
constraint note_version.note_version_version_check CHECK ((version > 0))
constraint person.person_pkey PRIMARY KEY (tenant, id)
constraint person.person_state_check CHECK ((state = ANY (ARRAY['invited'::text, 'active'::text, 'suspended'::text])))
constraint person.person_tenant_email_digest_key UNIQUE (tenant, email_digest)
constraint person.person_tenant_fkey FOREIGN KEY (tenant) REFERENCES cordon.tenant(tenant)
constraint person_secret.person_secret_kind_check CHECK ((kind = ANY (ARRAY['profile'::text, 'totp'::text, 'totp-pending'::text])))
constraint person_secret.person_secret_pkey PRIMARY KEY (tenant, person, kind)
constraint person_secret.person_secret_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES cordon.person(tenant, id)
constraint person_secret.person_secret_version_check CHECK ((version > 0))
constraint policy_choice.policy_choice_check CHECK (((policy_id IS NULL) = (version IS NULL)))
constraint policy_choice.policy_choice_check1 CHECK (((role = 'shadow'::text) OR (policy_id IS NOT NULL)))
constraint policy_choice.policy_choice_pkey PRIMARY KEY (tenant, seq)
constraint policy_choice.policy_choice_role_check CHECK ((role = ANY (ARRAY['live'::text, 'shadow'::text])))
constraint policy_choice.policy_choice_tenant_policy_id_version_fkey FOREIGN KEY (tenant, policy_id, version) REFERENCES cordon.policy_version(tenant, id, version)
constraint policy_shadow_difference.policy_shadow_difference_count_check CHECK ((count > 0))
constraint policy_shadow_difference.policy_shadow_difference_pkey PRIMARY KEY (tenant, shadow, live, actor, purpose, live_code, live_service, shadow_code, shadow_service)
constraint policy_version.policy_version_pkey PRIMARY KEY (tenant, id, version)
constraint policy_version.policy_version_version_check CHECK ((version > 0))
constraint recording.recording_pkey PRIMARY KEY (tenant, id)
constraint recording.recording_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'stored'::text, 'quarantined'::text])))
constraint recording.recording_tenant_encounter_fkey FOREIGN KEY (tenant, encounter) REFERENCES cordon.encounter(tenant, id)
constraint recovery_code.recovery_code_pkey PRIMARY KEY (tenant, person, digest)
constraint recovery_code.recovery_code_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES cordon.person(tenant, id)
constraint registry_agreement.registry_agreement_pkey PRIMARY KEY (tenant, id, version)
constraint registry_agreement.registry_agreement_sealed CHECK ((num_nulls(ciphertext, erasure_key, wrap) = ANY (ARRAY[0, 3])))
constraint registry_agreement.registry_agreement_version_check CHECK ((version > 0))
constraint registry_claim.registry_claim_pkey PRIMARY KEY (tenant, id, version)
constraint registry_claim.registry_claim_version_check CHECK ((version > 0))
constraint registry_document.registry_document_pkey PRIMARY KEY (tenant, id)
constraint registry_document.registry_document_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'stored'::text])))
constraint registry_service.registry_service_pkey PRIMARY KEY (tenant, id, version)
constraint registry_service.registry_service_sealed CHECK ((num_nulls(ciphertext, erasure_key, wrap) = ANY (ARRAY[0, 3])))
constraint registry_service.registry_service_version_check CHECK ((version > 0))
constraint registry_snapshot.registry_snapshot_pkey PRIMARY KEY (tenant, version)
constraint rulebook_state.rulebook_state_pkey PRIMARY KEY (tenant)
constraint session.session_client_check CHECK ((client = ANY (ARRAY['browser'::text, 'program'::text])))
constraint session.session_pkey PRIMARY KEY (tenant, id)
constraint session.session_tenant_digest_key UNIQUE (tenant, digest)
constraint session.session_tenant_person_fkey FOREIGN KEY (tenant, person) REFERENCES cordon.person(tenant, id)
constraint sign_in_attempt.sign_in_attempt_pkey PRIMARY KEY (digest)
constraint tenant.tenant_pkey PRIMARY KEY (tenant)
constraint transcript.transcript_accuracy_check CHECK ((accuracy = ANY (ARRAY['standard'::text, 'low'::text])))
constraint transcript.transcript_kind_check CHECK ((kind = ANY (ARRAY['machine'::text, 'corrected'::text])))
constraint transcript.transcript_pkey PRIMARY KEY (tenant, id, version)
constraint transcript.transcript_tenant_recording_fkey FOREIGN KEY (tenant, recording) REFERENCES cordon.recording(tenant, id)
constraint transcript.transcript_version_check CHECK ((version > 0))
constraint transcription.transcription_pkey PRIMARY KEY (tenant, id)
constraint transcription.transcription_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
constraint transcription.transcription_tenant_recording_fkey FOREIGN KEY (tenant, recording) REFERENCES cordon.recording(tenant, id)
constraint transcription_segment.transcription_segment_pkey PRIMARY KEY (tenant, transcription, ordinal)
constraint transcription_segment.transcription_segment_tenant_transcription_fkey FOREIGN KEY (tenant, transcription) REFERENCES cordon.transcription(tenant, id)
constraint vocabulary_version.vocabulary_version_pkey PRIMARY KEY (tenant, version)
constraint vocabulary_version.vocabulary_version_terms_check CHECK ((terms >= 0))
constraint vocabulary_version.vocabulary_version_version_check CHECK ((version > 0))
index CREATE INDEX break_glass_open ON cordon.break_glass USING btree (tenant, person, encounter, until)
index CREATE INDEX consent_by_encounter ON cordon.consent USING btree (tenant, encounter)
index CREATE INDEX deid_job_by_actor ON cordon.deid_job USING btree (tenant, actor_type, actor_id, created_at)
index CREATE INDEX deid_job_by_expiry ON cordon.deid_job USING btree (tenant, expires_at)
index CREATE INDEX draft_by_encounter ON cordon.draft USING btree (tenant, encounter)
index CREATE INDEX encounter_by_patient ON cordon.encounter USING btree (tenant, patient_digest)
index CREATE INDEX encounter_by_reference ON cordon.encounter USING btree (tenant, reference_digest)
index CREATE INDEX encounter_by_time ON cordon.encounter USING btree (tenant, created_at DESC, id DESC)
index CREATE INDEX encounter_person_by_person ON cordon.encounter_person USING btree (tenant, person)
index CREATE INDEX idempotency_expires ON cordon.idempotency USING btree (tenant, expires_at)
index CREATE INDEX ledger_entry_log ON cordon.ledger_entry USING btree (tenant, index) WHERE (kind = 'log.key-changed'::text)
index CREATE INDEX ledger_entry_patient ON cordon.ledger_entry USING btree (tenant, ((facts ->> 'patient'::text)), index) WHERE ((facts ->> 'patient'::text) IS NOT NULL)
index CREATE INDEX ledger_frame_process ON cordon.ledger_frame USING btree (process, id)
index CREATE INDEX ledger_stream_open ON cordon.ledger_stream USING btree (process) WHERE (NOT closed)
index CREATE INDEX live_session_by_encounter ON cordon.live_session USING btree (tenant, encounter)
index CREATE INDEX live_session_open ON cordon.live_session USING btree (tenant, seen_at)
index CREATE INDEX note_by_time ON cordon.note USING btree (tenant, created_at DESC, id DESC)
index CREATE INDEX policy_choice_newest ON cordon.policy_choice USING btree (tenant, role, seq)
index CREATE INDEX recording_by_encounter ON cordon.recording USING btree (tenant, encounter)
index CREATE INDEX session_open ON cordon.session USING btree (tenant, person) WHERE (ended_at IS NULL)
index CREATE INDEX sign_in_attempt_last ON cordon.sign_in_attempt USING btree (last_at)
index CREATE INDEX transcript_by_encounter ON cordon.transcript USING btree (tenant, encounter)
index CREATE INDEX transcription_by_encounter ON cordon.transcription USING btree (tenant, encounter)
index CREATE UNIQUE INDEX note_amendment ON cordon.note USING btree (tenant, amends) WHERE ((amends IS NOT NULL) AND (state <> 'rejected'::text))
index CREATE UNIQUE INDEX note_by_draft ON cordon.note USING btree (tenant, draft) WHERE (amends IS NULL)
policy allowance.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy allowance_place.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy api_key.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy approval.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy break_glass.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy budget.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy consent.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy deid_job.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy deid_method.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy deid_part.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy draft.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy encounter.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy encounter_person.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy idempotency.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy invitation.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_call.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_call.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_checkpoint.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_checkpoint.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_entry.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_entry.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_head.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_head.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_inbox.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_inbox.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_stream.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_stream.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy ledger_tile.sequencer permissive for ALL to cordon_ledger using true check true
policy ledger_tile.wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy live_event.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy live_session.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy live_sound.open_stays restrictive for DELETE to cordon_app using (EXISTS ( SELECT 1
   FROM cordon.live_session s
  WHERE ((s.tenant = live_sound.tenant) AND (s.id = live_sound.session) AND (s.state = ANY (ARRAY['closed'::text, 'deleted'::text]))))) check -
policy live_sound.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy locator.everywhere permissive for SELECT to cordon_access using true check -
policy locator.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy note.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy note_signature.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy note_version.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy person.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy person_secret.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy policy_choice.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy policy_shadow_difference.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy policy_version.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy recording.stored_stays restrictive for DELETE to cordon_app using (state <> 'stored'::text) check -
policy recording.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy recovery_code.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy registry_agreement.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy registry_claim.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy registry_document.stored_stays restrictive for DELETE to cordon_app using (state = 'receiving'::text) check -
policy registry_document.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy registry_service.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy registry_snapshot.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy rulebook_state.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy session.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy sign_in_attempt.everywhere permissive for ALL to cordon_access using true check true
policy tenant.everywhere permissive for SELECT to cordon_access using true check -
policy tenant.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy transcript.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy transcription.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy transcription_segment.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
policy vocabulary_version.tenant_wall permissive for ALL to cordon_app using (tenant = (current_setting('cordon.tenant'::text))::uuid) check (tenant = (current_setting('cordon.tenant'::text))::uuid)
trigger CREATE TRIGGER changes_rulebook AFTER INSERT ON cordon.deid_method FOR EACH ROW EXECUTE FUNCTION cordon.count_rulebook_change()
trigger CREATE TRIGGER changes_rulebook AFTER INSERT ON cordon.policy_choice FOR EACH ROW EXECUTE FUNCTION cordon.count_rulebook_change()
trigger CREATE TRIGGER changes_rulebook AFTER INSERT ON cordon.registry_agreement FOR EACH ROW EXECUTE FUNCTION cordon.count_rulebook_change()
trigger CREATE TRIGGER changes_rulebook AFTER INSERT ON cordon.registry_service FOR EACH ROW EXECUTE FUNCTION cordon.count_rulebook_change()
function CREATE OR REPLACE FUNCTION cordon.count_rulebook_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  INSERT INTO cordon.rulebook_state AS state (tenant, changes) VALUES (NEW.tenant, 1)
    ON CONFLICT (tenant) DO UPDATE SET changes = state.changes + 1;
  RETURN NULL;
END $function$

grant DELETE, INSERT, SELECT on encounter_person to cordon_app
grant DELETE, INSERT, SELECT on ledger_call to cordon_ledger
grant DELETE, INSERT, SELECT on ledger_frame to cordon_ledger
grant DELETE, INSERT, SELECT on live_event to cordon_app
grant DELETE, INSERT, SELECT on live_sound to cordon_app
grant DELETE, INSERT, SELECT on locator to cordon_app
grant DELETE, INSERT, SELECT on recovery_code to cordon_app
grant DELETE, INSERT, SELECT on registry_document to cordon_app
grant DELETE, INSERT, SELECT on transcription_segment to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on allowance to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on allowance_place to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on deid_job to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on deid_part to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on idempotency to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on ledger_process to cordon_ledger
grant DELETE, INSERT, SELECT, UPDATE on person_secret to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on recording to cordon_app
grant DELETE, INSERT, SELECT, UPDATE on sign_in_attempt to cordon_access
grant DELETE, SELECT on ledger_inbox to cordon_ledger
grant INSERT on ledger_inbox to cordon_app
grant INSERT, SELECT on deid_method to cordon_app
grant INSERT, SELECT on draft to cordon_app
grant INSERT, SELECT on ledger_entry to cordon_ledger
grant INSERT, SELECT on ledger_tile to cordon_ledger
grant INSERT, SELECT on note_signature to cordon_app
grant INSERT, SELECT on note_version to cordon_app
grant INSERT, SELECT on policy_choice to cordon_app
grant INSERT, SELECT on policy_version to cordon_app
grant INSERT, SELECT on registry_agreement to cordon_app
grant INSERT, SELECT on registry_claim to cordon_app
grant INSERT, SELECT on registry_service to cordon_app
grant INSERT, SELECT on registry_snapshot to cordon_app
grant INSERT, SELECT on transcript to cordon_app
grant INSERT, SELECT on vocabulary_version to cordon_app
grant INSERT, SELECT, UPDATE on api_key to cordon_app
grant INSERT, SELECT, UPDATE on approval to cordon_app
grant INSERT, SELECT, UPDATE on break_glass to cordon_app
grant INSERT, SELECT, UPDATE on budget to cordon_app
grant INSERT, SELECT, UPDATE on consent to cordon_app
grant INSERT, SELECT, UPDATE on encounter to cordon_app
grant INSERT, SELECT, UPDATE on invitation to cordon_app
grant INSERT, SELECT, UPDATE on ledger_checkpoint to cordon_ledger
grant INSERT, SELECT, UPDATE on ledger_head to cordon_ledger
grant INSERT, SELECT, UPDATE on ledger_stream to cordon_ledger
grant INSERT, SELECT, UPDATE on live_session to cordon_app
grant INSERT, SELECT, UPDATE on note to cordon_app
grant INSERT, SELECT, UPDATE on person to cordon_app
grant INSERT, SELECT, UPDATE on policy_shadow_difference to cordon_app
grant INSERT, SELECT, UPDATE on rulebook_state to cordon_app
grant INSERT, SELECT, UPDATE on session to cordon_app
grant INSERT, SELECT, UPDATE on tenant to cordon_app
grant INSERT, SELECT, UPDATE on transcription to cordon_app
grant SELECT on ledger_checkpoint to cordon_app
grant SELECT on ledger_entry to cordon_app
grant SELECT on ledger_head to cordon_app
grant SELECT on ledger_process to cordon_app
grant SELECT on ledger_stream to cordon_app
grant SELECT on ledger_tile to cordon_app
grant SELECT on locator to cordon_access
grant SELECT on tenant.created_at to cordon_access
grant SELECT on tenant.tenant to cordon_access
grant UPDATE on deid_method.erasure_key to cordon_app
grant UPDATE on deid_method.wrap to cordon_app
grant UPDATE on draft.erasure_key to cordon_app
grant UPDATE on draft.wrap to cordon_app
grant UPDATE on ledger_entry.ciphertext to cordon_ledger
grant UPDATE on ledger_entry.erasure_key to cordon_ledger
grant UPDATE on ledger_entry.wrap to cordon_ledger
grant UPDATE on ledger_inbox.erasure_key to cordon_ledger
grant UPDATE on ledger_inbox.refused to cordon_ledger
grant UPDATE on ledger_inbox.wrap to cordon_ledger
grant UPDATE on ledger_process.heartbeat_at to cordon_app
grant UPDATE on live_event.erasure_key to cordon_app
grant UPDATE on live_event.wrap to cordon_app
grant UPDATE on live_sound.erasure_key to cordon_app
grant UPDATE on live_sound.wrap to cordon_app
grant UPDATE on note_version.erasure_key to cordon_app
grant UPDATE on note_version.wrap to cordon_app
grant UPDATE on registry_agreement.erasure_key to cordon_app
grant UPDATE on registry_agreement.wrap to cordon_app
grant UPDATE on registry_claim.erasure_key to cordon_app
grant UPDATE on registry_claim.wrap to cordon_app
grant UPDATE on registry_document.erasure_key to cordon_app
grant UPDATE on registry_document.state to cordon_app
grant UPDATE on registry_document.wrap to cordon_app
grant UPDATE on registry_service.erasure_key to cordon_app
grant UPDATE on registry_service.wrap to cordon_app
grant UPDATE on transcript.erasure_key to cordon_app
grant UPDATE on transcript.wrap to cordon_app
grant UPDATE on transcription_segment.erasure_key to cordon_app
grant UPDATE on transcription_segment.wrap to cordon_app
grant UPDATE on vocabulary_version.erasure_key to cordon_app
grant UPDATE on vocabulary_version.wrap to cordon_app
