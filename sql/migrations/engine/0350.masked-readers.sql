-- Readers who see no persons: the role jalon_bi_masked, the schema of the views that it reads, and what these views
-- show of each column.
set local lock_timeout = '5s';

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'jalon_bi_masked') then
        create role jalon_bi_masked login;
    end if;
exception
    when duplicate_object or unique_violation then null;  -- another database was quicker
end
$$;

set local role jalon_historian;
grant usage on schema jalon_history to jalon_bi_masked;

set local role jalon_owner;
create schema jalon_masked;
comment on schema jalon_masked is
'What jalon_bi reads, with persons as pseudonyms and without what people wrote; made from its views.';
grant usage on schema jalon_masked, jalon_recap to jalon_bi_masked;

create table jalon_engine.masked_column (
    relation text not null,
    column_name text not null,
    treatment text not null,
    constraint masked_column_pk primary key (relation, column_name),
    constraint treatment_is_known check (treatment in ('person', 'omit'))
);
comment on table jalon_engine.masked_column is
'What jalon_bi_masked sees of a column. A column without a row is shown as it is.';
comment on column jalon_engine.masked_column.relation is
'Table or view without its schema; * is every one.';
comment on column jalon_engine.masked_column.column_name is 'Column.';
comment on column jalon_engine.masked_column.treatment is
'person: a pseudonym. omit: nothing.';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('*', 'changed_by', 'person'), ('*', 'on_behalf_of', 'person'), ('*', 'deleted_by', 'person'),
('*', 'created_by', 'person'), ('*', 'edited_by', 'person'), ('*', 'db_role', 'person'), ('people', 'person', 'person'),
('*', 'reason', 'omit'), ('*', 'meta_data', 'omit');

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('treatment_is_known', 'en', 'treatment', 'a treatment is person or omit'),
('treatment_is_known', 'fr', 'treatment', 'un traitement est person ou omit');
