-- Who may do what begins here. jalon_owner owns the engine, jalon_historian the histories and the functions that write
-- them; neither logs in, and neither is a member of the other. jalon_mover makes the web application's moves and owns
-- nothing that it could name. The others get exactly what the files of sql/functions grant them. Roles belong to the
-- whole server: they may stand already (another database, or an administrator ran `jalon roles
-- --sql`), and stay on rollback.
set local lock_timeout = '5s';

do $$
declare
    v_role record;
begin
    for v_role in
        select * from (values ('jalon_owner', 'nologin'), ('jalon_historian', 'nologin'), ('jalon_mover', 'nologin'),
            ('jalon_api', 'login'), ('jalon_bi', 'login'), ('jalon_dba', 'login'), ('jalon_relay', 'login'),
            ('jalon_app', 'login'))
            as wanted (name, login)
        where not exists (select from pg_catalog.pg_roles where rolname = wanted.name)
    loop
        begin
            execute format('create role %I %s', v_role.name, v_role.login);
        exception
            when duplicate_object or unique_violation then null;  -- another database was quicker
        end;
    end loop;
    for v_role in select r.name from unnest(array['jalon_owner', 'jalon_historian', 'jalon_mover']) r (name) loop
        begin
            execute format('grant %I to %I', v_role.name, current_user);
        exception
            when insufficient_privilege then
                if not pg_catalog.pg_has_role(v_role.name, 'MEMBER') then
                    raise;
                end if;
        end;
    end loop;
    if not has_database_privilege('jalon_owner', current_database(), 'CREATE') then
        execute format('grant create on database %I to jalon_owner', current_database());
    end if;
end
$$;

-- A rollback runs what is kept here. The table belongs to whoever installs, so that no role of Jalon's can make a
-- superuser run something else.
create table jalon_install.kept_version (
    version text constraint kept_version_pk primary key,
    reload_digest text not null,
    jalon_version text not null,
    sources jsonb not null,
    kept_at timestamptz not null default now()
);
comment on table jalon_install.kept_version is
'Functions and triggers of the newest versions: a rollback puts them back.';
comment on column jalon_install.kept_version.version is 'SHA-256 of the ids of the applied migrations.';
comment on column jalon_install.kept_version.reload_digest is 'Digest in jalon_install.reload then.';
comment on column jalon_install.kept_version.jalon_version is 'Version of Jalon that reloaded them.';
comment on column jalon_install.kept_version.sources is 'Text of each file by its path.';
comment on column jalon_install.kept_version.kept_at is 'When it was last reloaded.';
grant select on jalon_install.kept_version to jalon_dba;

-- yoyo's own tables came before us; from here on the owner keeps the books.
alter schema jalon_install owner to jalon_owner;

do $$
declare
    v_table regclass;
begin
    for v_table in select oid from pg_catalog.pg_class
        where relnamespace = 'jalon_install'::regnamespace and relkind = 'r' and relname <> 'kept_version' loop
        execute format('grant select on %s to jalon_dba', v_table);
        execute format('alter table %s owner to jalon_owner', v_table);
    end loop;
end
$$;

create schema jalon_generated authorization jalon_historian;
create schema jalon_history authorization jalon_historian;

set local role jalon_historian;
comment on schema jalon_generated is 'Trigger functions, one set for each tracked table; made by jalon.track.';
comment on schema jalon_history is 'Histories, timelines, as-of and durations for reporting.';
alter default privileges for role jalon_historian revoke execute on functions from public;
alter default privileges for role jalon_historian grant execute on functions to jalon_owner;
alter default privileges for role jalon_historian in schema jalon_history grant select on tables to jalon_owner;
grant usage on schema jalon_history to jalon_owner, jalon_bi, jalon_dba;
grant usage on schema jalon_generated to jalon_owner, jalon_mover, jalon_dba, jalon_app;

set local role jalon_owner;
create schema jalon_engine;
create schema jalon;
create schema jalon_api;
create schema jalon_recap;
comment on schema jalon_engine is 'The engine: its tables and its private functions.';
comment on schema jalon is 'What people call in SQL; reloaded from files.';
comment on schema jalon_api is 'What the web application may call, nothing else; reloaded from files.';
comment on schema jalon_recap is 'Answers to people''s questions; reloaded from files.';
comment on schema jalon_install is 'Which migrations and which files this database has.';

grant usage on schema jalon_api to jalon_api;
grant usage on schema jalon_recap to jalon_bi;
grant usage on schema jalon, jalon_recap, jalon_install to jalon_dba;
grant usage on schema jalon to jalon_app;

-- What runs as its caller names private functions; what may be called is granted function by function.
grant usage on schema jalon_engine to jalon_historian, jalon_dba, jalon_app;

-- Nobody may call what is not granted by name.
alter default privileges for role jalon_owner revoke execute on functions from public;
alter default privileges for role jalon_owner revoke usage on types from public;

-- What jalon_historian's functions call. Nobody else's code runs as jalon_historian.
alter default privileges for role jalon_owner in schema jalon_engine grant execute on functions to jalon_historian;

create table jalon_install.migration_digest (
    id text constraint migration_digest_pk primary key,
    digest text not null,
    applied_at timestamptz not null default now()
);
comment on table jalon_install.migration_digest is
'What each applied migration contained; written in its own transaction.';
comment on column jalon_install.migration_digest.id is 'File name without its ending.';
comment on column jalon_install.migration_digest.digest is 'SHA-256 of the file.';
comment on column jalon_install.migration_digest.applied_at is 'When it was applied.';

create table jalon_install.reload (
    only_row boolean constraint reload_pk primary key default true,
    digest text not null,
    jalon_version text not null,
    reloaded_at timestamptz not null default now(),
    constraint there_is_one_row check (only_row)
);
comment on table jalon_install.reload is 'The state of functions, views and triggers: one row.';
comment on column jalon_install.reload.only_row is 'Always true.';
comment on column jalon_install.reload.digest is
'SHA-256 over sql/functions and sql/triggers, the applied migrations and the server''s major version.';
comment on column jalon_install.reload.jalon_version is
'Version of Jalon that they are of. An older one leaves them as they are.';
comment on column jalon_install.reload.reloaded_at is 'When they were last reloaded.';

create table jalon_install.reloaded_file (
    path text constraint reloaded_file_pk primary key,
    digest text not null,
    objects text[] not null default '{}'
);
comment on table jalon_install.reloaded_file is 'Views and triggers stay untouched as long as their file does.';
comment on column jalon_install.reloaded_file.path is 'Path below sql.';
comment on column jalon_install.reloaded_file.digest is 'SHA-256 of the file when it was last run.';
comment on column jalon_install.reloaded_file.objects is 'What it made, as pg_identify_object names it.';

grant select on jalon_install.migration_digest, jalon_install.reload, jalon_install.reloaded_file to jalon_dba;
