-- What every call would pay for and nobody reads.

-- Calls of dead processes are looked for once in a while, and the open calls are few; keeping this index cost every call two writes.
drop index ledger_call_process;

-- Facts name the member `patient` in calls of nobody's too, as null.
drop index ledger_entry_patient;
create index ledger_entry_patient on ledger_entry (tenant, (facts ->> 'patient'), index) where (facts ->> 'patient') is not null;
