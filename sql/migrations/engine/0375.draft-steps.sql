-- The edits of a draft: what undo and redo put back.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.draft_step (
    category text not null,
    case_type text not null,
    version integer not null,
    step integer not null,
    transitions jsonb not null,
    arrivals jsonb not null,
    made_by text,
    made_at timestamptz not null default now(),
    transaction_id xid8 not null default pg_current_xact_id(),
    is_undone boolean not null default false,
    constraint draft_step_pk primary key (category, case_type, version, step),
    constraint draft_step_workflow_fk foreign key (category, case_type, version)
    references jalon_engine.workflow (category, case_type, version) on delete cascade
);
comment on table jalon_engine.draft_step is
'The edits of a draft, until it is published or dropped: what it was before each, or after it if that is undone.';
comment on column jalon_engine.draft_step.category is 'Category of the draft.';
comment on column jalon_engine.draft_step.case_type is 'Case type of the draft.';
comment on column jalon_engine.draft_step.version is 'Version of the draft.';
comment on column jalon_engine.draft_step.step is '1, 2, 3, … in the order of the edits.';
comment on column jalon_engine.draft_step.transitions is
'Its transitions, as rows of jalon_engine.workflow_transition.';
comment on column jalon_engine.draft_step.arrivals is 'Its arrivals, as rows of jalon_engine.workflow_arrival.';
comment on column jalon_engine.draft_step.made_by is 'Who edited.';
comment on column jalon_engine.draft_step.made_at is 'When.';
comment on column jalon_engine.draft_step.transaction_id is 'The edits of one transaction are one step.';
comment on column jalon_engine.draft_step.is_undone is 'Whether it was taken back; the next edit removes such steps.';
