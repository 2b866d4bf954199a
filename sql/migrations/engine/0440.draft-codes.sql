-- Codes are drafted with the transitions: a new code and the edits of another are rows here until the draft is
-- published. A code of a draft is no row of jalon_engine.referential, so no record can have it and no list shows it.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.draft_code (
    like jalon_engine.referential including constraints,
    case_type text not null,
    version integer not null,
    labels jsonb not null default '{}',
    drafted text[] not null,
    before jsonb,
    constraint draft_code_pk primary key (category, case_type, version, code),
    constraint draft_code_workflow_fk foreign key (category, case_type, version)
    references jalon_engine.workflow (category, case_type, version) on delete cascade
);
comment on table jalon_engine.draft_code is
'The codes that a draft adds or edits, until it is published or dropped, with the columns of jalon_engine.referential.';
comment on column jalon_engine.draft_code.category is 'Category of the draft.';
comment on column jalon_engine.draft_code.code is 'The code.';
comment on column jalon_engine.draft_code.label is 'Label where the reader''s language has none.';
comment on column jalon_engine.draft_code.description is 'What it means to be at this code.';
comment on column jalon_engine.draft_code.position is 'Order in lists.';
comment on column jalon_engine.draft_code.color is 'Colour as #rrggbb.';
comment on column jalon_engine.draft_code.icon is 'Name of an icon.';
comment on column jalon_engine.draft_code.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon_engine.draft_code.is_initial is 'Records may begin here.';
comment on column jalon_engine.draft_code.is_final is 'Records end here.';
comment on column jalon_engine.draft_code.is_active is 'Whether the code may be entered.';
comment on column jalon_engine.draft_code.max_stay is 'Longest stay.';
comment on column jalon_engine.draft_code.meta is 'Anything else.';
comment on column jalon_engine.draft_code.case_type is 'Case type of the draft.';
comment on column jalon_engine.draft_code.version is 'Version of the draft.';
comment on column jalon_engine.draft_code.labels is
'The labels that the draft sets: {language: {label, description}}.';
comment on column jalon_engine.draft_code.drafted is
'The columns that the draft sets; what the others say is that of the code when it is published.';
comment on column jalon_engine.draft_code.before is
'What the code had in these columns and labels when each was drafted; empty for a code that the draft adds.';

alter table jalon_engine.draft_step add column codes jsonb not null default '[]';
comment on column jalon_engine.draft_step.codes is 'Its codes, as rows of jalon_engine.draft_code.';

-- A transition of a draft may lead to a code of the draft: a trigger asks for either (sql/triggers/engine).
-- squawk-ignore ban-drop-constraint
alter table jalon_engine.workflow_transition drop constraint workflow_transition_from_fk;
-- squawk-ignore ban-drop-constraint
alter table jalon_engine.workflow_transition drop constraint workflow_transition_to_fk;
-- squawk-ignore ban-drop-constraint
alter table jalon_engine.workflow_arrival drop constraint workflow_arrival_from_fk;
-- squawk-ignore ban-drop-constraint
alter table jalon_engine.workflow_arrival drop constraint workflow_arrival_to_fk;
