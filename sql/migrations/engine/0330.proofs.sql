-- When the records of each tracked table were last proved, and what was found: a proof reads every row, and is asked
-- for far less often than whether all is well.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.proof (
    tracked text constraint proof_pk primary key
    constraint proof_tracked_fk references jalon_engine.tracked (name) on delete cascade on update cascade,
    proved_at timestamptz not null,
    findings jsonb not null,
    constraint findings_are_a_list check (jsonb_typeof(findings) = 'array')
);
comment on table jalon_engine.proof is
'The last proof of the records of each tracked table. Only jalon.prove writes it.';
comment on column jalon_engine.proof.tracked is 'Tracked table.';
comment on column jalon_engine.proof.proved_at is 'When the proof began: it holds what was committed by then.';
comment on column jalon_engine.proof.findings is
'Problems that were found in records and history, as jalon.verify names them.';

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('findings_are_a_list', 'en', 'findings', 'the findings of a proof are a list'),
('findings_are_a_list', 'fr', 'findings', 'les constats d''une preuve sont une liste');
