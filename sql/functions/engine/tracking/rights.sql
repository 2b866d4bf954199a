-- What Jalon changes on a customer's table besides its triggers: two columns, and rights on columns. Runs as whoever
-- may alter the table.

create or replace function jalon_engine.add_own_columns(p_table regclass)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = 'status_version' and not a.attisdropped) then
        execute format('alter table %s add column status_version integer not null default 1', p_table);
        execute format('comment on column %s.status_version is ''Counts the changes of status: 1, 2, '
            '3, … Kept by Jalon.''', p_table);
    end if;
    if not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = 'status_changed_at' and not a.attisdropped) then
        execute format('alter table %s add column status_changed_at timestamptz not null default now()', p_table);
        execute format('comment on column %s.status_changed_at is ''When the status last changed. Kept by Jalon.''',
            p_table);
    end if;
end
$$;
comment on function jalon_engine.add_own_columns(regclass) is
'Gives a table the columns status_version and status_changed_at.';
grant execute on function jalon_engine.add_own_columns(regclass) to jalon_dba;

create or replace function jalon_engine.wanted_grants(
    p_table regclass, p_key text, p_statuses text[], p_case_type text, p_has_foreign_key boolean
)
returns table (statement text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with names as (
        select string_agg(quote_ident(s), ', ') as statuses,
            concat_ws(', ', quote_ident(p_key), string_agg(quote_ident(s), ', '), quote_ident(p_case_type),
                'status_version', 'status_changed_at') as read
        from unnest(p_statuses) s
    )
    select g.statement from names n cross join lateral (values
        -- LOCK TABLE, which keeps writers out while rules are taken away, asks for a right to update the whole table.
        -- No statement of jalon_owner's touches its rows.
        (1, format('grant update on %s to jalon_owner', p_table)),
        -- Jalon's pages show whole rows.
        (2, format('grant select on %s to jalon_mover', p_table)),
        (2, format('grant select (%s) on %s to jalon_dba, jalon_app', n.read, p_table)),
        -- Our own tables are read directly, by jalon_historian too.
        (2, case when (select pg_get_userbyid(c.relowner) from pg_catalog.pg_class c
            where c.oid = p_table) = 'jalon_owner' then
            format('grant select on %s to jalon_historian', p_table) end),
        (3, format('grant update (%s) on %s to jalon_mover, jalon_dba, jalon_app', n.statuses, p_table)),
        (4, format('grant update (status_changed_at) on %s to jalon_mover', p_table)),
        (5, format('grant delete on %s to jalon_dba', p_table)),
        (6, case when p_has_foreign_key then format('grant references (%I) on %s to jalon_historian',
            p_key, p_table) end)
    ) g (place, statement)
    where g.statement is not null order by g.place
$$;
comment on function jalon_engine.wanted_grants(regclass, text, text[], text, boolean) is
'The rights on a tracked table that Jalon''s roles need, as statements.';

create or replace function jalon_engine.grant_rights(
    p_table regclass, p_key text, p_statuses text[], p_case_type text, p_has_foreign_key boolean
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_schema constant regnamespace := (select c.relnamespace from pg_catalog.pg_class c where c.oid = p_table);
    v_roles constant text[] := '{jalon_owner,jalon_historian,jalon_mover,jalon_dba,jalon_app}';
    v_lacking text := (select string_agg(r, ', ') from unnest(v_roles) r
        where not has_schema_privilege(r, v_schema::oid, 'usage'));
    v_statement text;
begin
    if v_lacking is not null then
        begin
            execute format('grant usage on schema %s to %s', v_schema, v_lacking);
        exception when insufficient_privilege then
            null;
        end;
        -- Who may not grant gets a warning of PostgreSQL's, and nothing else happens.
        v_lacking := (select string_agg(r, ', ') from unnest(v_roles) r
            where not has_schema_privilege(r, v_schema::oid, 'usage'));
        if v_lacking is not null then
            perform jalon_engine.cannot_track(p_table::text, format('Jalon''s roles may not use its schema; '
                'whoever owns the schema runs: grant usage on schema %s to %s;', v_schema, v_lacking));
        end if;
    end if;
    for v_statement in select g.statement
        from jalon_engine.wanted_grants(p_table, p_key, p_statuses, p_case_type, p_has_foreign_key) g loop
        execute v_statement;
    end loop;
end
$$;
comment on function jalon_engine.grant_rights(regclass, text, text[], text, boolean) is 'Gives Jalon''s roles the '
'rights on a table that they need, or refuses with the statement that somebody else has to run.';
grant execute on function jalon_engine.grant_rights(regclass, text, text[], text, boolean),
    jalon_engine.wanted_grants(regclass, text, text[], text, boolean),
jalon_engine.cannot_track(text, text) to jalon_dba;

create or replace function jalon_engine.revoke_rights(p_table regclass)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_columns constant text := (select string_agg(quote_ident(a.attname), ', ') from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped);
    v_role text;
begin
    for v_role in select r
        from unnest(array['jalon_owner', 'jalon_historian', 'jalon_mover', 'jalon_dba', 'jalon_app']) r
        where r <> (select pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = p_table) loop
        execute format('revoke select, update, delete on %s from %I', p_table, v_role);
        execute format('revoke select (%1$s), update (%1$s), references (%1$s) on %2$s from %3$I', v_columns,
            p_table, v_role);
    end loop;
end
$$;
comment on function jalon_engine.revoke_rights(regclass) is
'Takes back what jalon_engine.grant_rights gave on a table.';
grant execute on function jalon_engine.revoke_rights(regclass) to jalon_dba;
