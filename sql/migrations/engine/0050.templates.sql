-- What authoring needs besides the workflows themselves: ready-made workflows, checks of one's own,
-- and the row types of reports.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.check_function (
    name text constraint check_function_pk primary key,
    category text constraint check_function_category_fk references jalon_engine.category (code) on delete cascade,
    function_name text not null,
    description text not null
);
comment on table jalon_engine.check_function is
'Checks of one''s own that a workflow must pass in addition to Jalon''s before it is published.';
comment on column jalon_engine.check_function.name is 'Name of the check.';
comment on column jalon_engine.check_function.category is 'Category it is for; empty for all.';
comment on column jalon_engine.check_function.function_name is
'schema.function (p_category text, p_case_type text, p_version integer) returns setof jalon_engine.finding.';
comment on column jalon_engine.check_function.description is 'What it requires.';
create index check_function_category_idx on jalon_engine.check_function (category);

create table jalon_engine.template (
    name text constraint template_pk primary key,
    label text not null,
    definition jsonb not null,
    position integer not null default 0,
    constraint definition_is_an_object check (jsonb_typeof(definition) = 'object')
);
comment on table jalon_engine.template is
'Ready-made referentials and workflows; jalon.apply_template puts one to use in a category.';
comment on column jalon_engine.template.name is 'Name of the template.';
comment on column jalon_engine.template.label is 'What it is for.';
comment on column jalon_engine.template.definition is
'The document that jalon.export_workflow writes, without its category, and the roles it uses.';
comment on column jalon_engine.template.position is 'Order in lists.';

create type jalon_engine.finding as (severity text, code text, subject text, message text);
grant usage on type jalon_engine.finding to jalon_dba;  -- what a check of one's own returns
comment on type jalon_engine.finding is
'One line of the report on a workflow: error or warning, what kind, about what, in words.';

create type jalon_engine.effect as (what text, subject text, records bigint, message text);
comment on type jalon_engine.effect is 'One line of what publishing or retiring a workflow does, or would do.';
