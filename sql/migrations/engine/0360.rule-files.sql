-- Rules that a file owns: what was applied last, so that a plan can say whether the file or the database changed since.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.rule_file (
    category text constraint rule_file_pk primary key,
    source text not null,
    document jsonb not null,
    applied_at timestamptz not null default now(),
    applied_by text not null
);
comment on table jalon_engine.rule_file is 'Categories whose rules come from a file, as it was applied last.';
comment on column jalon_engine.rule_file.category is 'Category; * for the roles and permissions of no category.';
comment on column jalon_engine.rule_file.source is 'The file''s name.';
comment on column jalon_engine.rule_file.document is 'What it said.';
comment on column jalon_engine.rule_file.applied_at is 'When it was applied.';
comment on column jalon_engine.rule_file.applied_by is 'By whom.';

create type jalon_engine.rule_item as (kind text, key text[], place integer, facts jsonb, path text[]);
comment on type jalon_engine.rule_item is
'One thing that a rules file says: its kind, what names it, its place in order, what is said of it, where it stands.';

create type jalon_engine.rule_difference as (
    kind text, key text[], change text, before jsonb, after jsonb, path text[]
);
comment on type jalon_engine.rule_difference is
'What a rules file would change: added, removed or changed, with the members that differ.';

create type jalon_engine.planned as (
    document integer, severity text, kind text, subject text, message text, path text[], before jsonb, after jsonb,
    changed_in text, changed_by text, changed_at timestamptz
);
comment on type jalon_engine.planned is
'A sentence of a plan: change, drop, strand, warning or error; and who changed it since the file was applied last.';
