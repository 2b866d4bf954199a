-- Workflows: which transitions lead from code to code, who may take them, what they require.
-- Written as drafts, published as immutable versions, compiled into jalon_engine.rule for the triggers.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.guard (
    name text constraint guard_pk primary key,
    function_name text not null,
    description text not null
);
comment on table jalon_engine.guard is
'Guard functions that transitions may name; nothing else is ever executed by name.';
comment on column jalon_engine.guard.name is 'The name a transition uses.';
comment on column jalon_engine.guard.function_name is
'schema.function (p_old jsonb, p_new jsonb, p_context jsonb) returns text: null to let pass, or why not.';
comment on column jalon_engine.guard.description is 'What it requires.';

create table jalon_engine.workflow (
    category text not null constraint workflow_category_fk references jalon_engine.category (code),
    case_type text not null default '*',
    version integer not null,
    state text not null default 'draft',
    label text,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text,
    published_at timestamptz,
    published_by text,
    retired_at timestamptz,
    constraint workflow_pk primary key (category, case_type, version),
    constraint state_is_known check (state in ('draft', 'published', 'retired')),
    constraint version_counts_from_one check (version >= 1),
    constraint published_workflows_say_when check (state = 'draft' or published_at is not null)
);
comment on table jalon_engine.workflow is 'A version of the workflow of a category, for one case type or for all (*).';
comment on column jalon_engine.workflow.category is 'Category whose codes it orders.';
comment on column jalon_engine.workflow.case_type is
'Case type it is for; * for every case type that has none of its own.';
comment on column jalon_engine.workflow.version is '1, 2, 3, … per category and case type.';
comment on column jalon_engine.workflow.state is
'draft, published or retired; one draft and one published version at most.';
comment on column jalon_engine.workflow.label is 'What people call it.';
comment on column jalon_engine.workflow.revision is
'Counts the edits of a draft, so that two editors notice each other.';
comment on column jalon_engine.workflow.created_at is 'When the draft was begun.';
comment on column jalon_engine.workflow.created_by is 'By whom.';
comment on column jalon_engine.workflow.published_at is 'When it was published.';
comment on column jalon_engine.workflow.published_by is 'By whom.';
comment on column jalon_engine.workflow.retired_at is 'When a newer version took its place.';
create unique index one_version_is_published on jalon_engine.workflow (category, case_type) where state = 'published';
create unique index one_version_is_draft on jalon_engine.workflow (category, case_type) where state = 'draft';

create table jalon_engine.workflow_transition (
    category text not null,
    case_type text not null default '*',
    version integer not null,
    from_code varchar(100),
    to_code varchar(100) not null,
    action text not null,
    roles text[] not null default '{}',
    relation text,
    requires_reason boolean not null default false,
    required_fields text[],
    guard text constraint workflow_transition_guard_fk references jalon_engine.guard (name),
    icon text,
    position integer not null default 0,
    constraint a_transition_exists_once unique nulls not distinct (category, case_type, version, from_code, to_code),
    constraint workflow_transition_workflow_fk foreign key (category, case_type, version)
    references jalon_engine.workflow (category, case_type, version) on delete cascade,
    constraint workflow_transition_from_fk foreign key (category,
        from_code) references jalon_engine.referential (category, code),
    constraint workflow_transition_to_fk foreign key (category,
        to_code) references jalon_engine.referential (category, code),
    constraint a_transition_leads_elsewhere check (from_code is distinct from to_code)
);
comment on table jalon_engine.workflow_transition is 'The transitions of a workflow version. No from_code: records may '
'be created there (without such rows: on every initial code of the workflow).';
comment on column jalon_engine.workflow_transition.category is 'Category.';
comment on column jalon_engine.workflow_transition.case_type is 'Case type or *.';
comment on column jalon_engine.workflow_transition.version is 'Version of the workflow.';
comment on column jalon_engine.workflow_transition.from_code is 'Code it leaves; empty for creation.';
comment on column jalon_engine.workflow_transition.to_code is 'Code it leads to.';
comment on column jalon_engine.workflow_transition.action is 'What taking it is called (submit, approve).';
comment on column jalon_engine.workflow_transition.roles is
'Roles that may take it; any = every known actor; empty = nobody.';
comment on column jalon_engine.workflow_transition.relation is
'Relation that the actor must also have to the record (author); !author for anyone but.';
comment on column jalon_engine.workflow_transition.requires_reason is 'Whether a reason must be given.';
comment on column jalon_engine.workflow_transition.required_fields is
'Columns of the record, or meta.<name>, that must be filled.';
comment on column jalon_engine.workflow_transition.guard is 'Guard function that must let it pass.';
comment on column jalon_engine.workflow_transition.icon is 'Name of an icon for a button.';
comment on column jalon_engine.workflow_transition.position is 'Order among the transitions from one code.';
create index workflow_transition_from_idx on jalon_engine.workflow_transition (category, from_code);
create index workflow_transition_to_idx on jalon_engine.workflow_transition (category, to_code);
create index workflow_transition_guard_idx on jalon_engine.workflow_transition (guard);

create table jalon_engine.workflow_arrival (
    category text not null,
    case_type text not null,
    version integer not null,
    from_case_type text not null default '*',
    from_code varchar(100) not null,
    to_code varchar(100) not null,
    constraint workflow_arrival_pk primary key (category, case_type, version, from_case_type, from_code, to_code),
    constraint workflow_arrival_workflow_fk foreign key (category, case_type, version)
    references jalon_engine.workflow (category, case_type, version) on delete cascade,
    constraint workflow_arrival_from_fk foreign key (category, from_code) references jalon_engine.referential (category,
        code),
    constraint workflow_arrival_to_fk foreign key (category,
        to_code) references jalon_engine.referential (category, code)
);
comment on table jalon_engine.workflow_arrival is
'Where a record that changes its case type may arrive in the new workflow, in addition to its initial codes.';
comment on column jalon_engine.workflow_arrival.category is 'Category.';
comment on column jalon_engine.workflow_arrival.case_type is 'Case type that is arrived in.';
comment on column jalon_engine.workflow_arrival.version is 'Version of its workflow.';
comment on column jalon_engine.workflow_arrival.from_case_type is 'Case type that is left; * for any.';
comment on column jalon_engine.workflow_arrival.from_code is 'Code before.';
comment on column jalon_engine.workflow_arrival.to_code is 'Code after; the same code keeps the status.';
create index workflow_arrival_from_idx on jalon_engine.workflow_arrival (category, from_code);
create index workflow_arrival_to_idx on jalon_engine.workflow_arrival (category, to_code);

create table jalon_engine.action_label (
    category text not null constraint action_label_category_fk references jalon_engine.category (code)
        on delete cascade, action text not null,
    language text not null constraint action_label_language_fk references jalon_engine.language (code),
    label text not null,
    constraint action_label_pk primary key (category, action, language)
);
comment on table jalon_engine.action_label is 'What an action is called on a button, per language.';
comment on column jalon_engine.action_label.category is 'Category.';
comment on column jalon_engine.action_label.action is 'Action of a transition.';
comment on column jalon_engine.action_label.language is 'Language.';
comment on column jalon_engine.action_label.label is 'The label.';
create index action_label_language_idx on jalon_engine.action_label (language);

create table jalon_engine.rule (
    category text not null,
    case_type text not null,
    from_code varchar(100) not null,
    to_code varchar(100) not null,
    action text not null,
    roles text[] not null,
    is_open boolean not null,
    is_plain boolean not null,
    relation text,
    requires_reason boolean not null,
    required_fields text[],
    guard text,
    icon text,
    position integer not null,
    workflow_version integer not null,
    constraint rule_pk primary key (category, case_type, from_code, to_code)
);
comment on table jalon_engine.rule is
'The published transitions as the triggers read them: compiled by jalon_engine.compile_rules, never edited.';
comment on column jalon_engine.rule.category is 'Category.';
comment on column jalon_engine.rule.case_type is 'Case type, or * for all that have no workflow of their own.';
comment on column jalon_engine.rule.from_code is 'Code left; empty text for creation.';
comment on column jalon_engine.rule.to_code is 'Code entered; always an active one.';
comment on column jalon_engine.rule.action is 'Name of the action.';
comment on column jalon_engine.rule.roles is 'Roles that may take it.';
comment on column jalon_engine.rule.is_open is 'Whether any known actor may take it.';
comment on column jalon_engine.rule.is_plain is
'Whether roles, relation and reason are all it requires, so that the trigger decides without a function call.';
comment on column jalon_engine.rule.relation is 'Relation that is required.';
comment on column jalon_engine.rule.requires_reason is 'Whether a reason is required.';
comment on column jalon_engine.rule.required_fields is 'Fields that are required.';
comment on column jalon_engine.rule.guard is 'Guard that is asked.';
comment on column jalon_engine.rule.icon is 'Icon for a button.';
comment on column jalon_engine.rule.position is 'Order.';
comment on column jalon_engine.rule.workflow_version is
'Version of the workflow it comes from; 0 where the category is free.';

create table jalon_engine.rule_case_type (
    category text not null,
    case_type text not null,
    workflow_version integer not null,
    constraint rule_case_type_pk primary key (category, case_type)
);
comment on table jalon_engine.rule_case_type is 'Case types that have rules of their own; every other one follows *.';
comment on column jalon_engine.rule_case_type.category is 'Category.';
comment on column jalon_engine.rule_case_type.case_type is 'Case type, or *.';
comment on column jalon_engine.rule_case_type.workflow_version is 'Published version; 0 where free.';

create table jalon_engine.rule_epoch (
    singleton boolean constraint rule_epoch_pk primary key default true constraint rule_epoch_has_one_row check (
        singleton), compiled_at timestamptz not null default now()
);
comment on table jalon_engine.rule_epoch is
'When rules were last compiled; a repeatable-read transaction older than that gets 40001.';
comment on column jalon_engine.rule_epoch.singleton is 'There is one row.';
comment on column jalon_engine.rule_epoch.compiled_at is 'Time of the last compilation.';

insert into jalon_engine.rule_epoch default values;
grant select on jalon_engine.rule, jalon_engine.rule_case_type to jalon_historian;
