-- What jalon.track asks of a table before it takes it, and what it changes on it.

create or replace function jalon_engine.cannot_track(p_table text, p_why text)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
    perform jalon_engine.fail('JL504', jsonb_build_object('table', p_table, 'why', p_why));
end
$$;
comment on function jalon_engine.cannot_track(text, text) is 'Refuses to track a table, in plain words.';

create or replace function jalon_engine.key_of(p_table regclass, p_key text)
returns table (name text, type text)
language plpgsql stable
set search_path = ''
as $$
declare
    v_count integer;
begin
    select count(*), min(a.attname), min(format_type(a.atttypid, null)) into v_count, name, type
    from pg_catalog.pg_attribute a
    where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
      and case when p_key is not null then a.attname = p_key
          else a.attnum = any ((select i.indkey from pg_catalog.pg_index i where i.indrelid = p_table and i.indisprimary)::smallint[]) end;
    if v_count = 0 then
        perform jalon_engine.cannot_track(p_table::text, case when p_key is null then 'it has no primary key; name one with key_column =>'
            else format('it has no column %s', p_key) end);
    elsif v_count > 1 then
        perform jalon_engine.cannot_track(p_table::text, 'its primary key has several columns; name the one that identifies a record with key_column =>');
    elsif type not in ('smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying') then
        perform jalon_engine.cannot_track(p_table::text, format('its key %s is of type %s; integer, bigint, uuid and text can be', name, type));
    elsif exists (select from pg_catalog.pg_attribute a where a.attrelid = p_table and a.attname = key_of.name and a.attgenerated <> '') then
        perform jalon_engine.cannot_track(p_table::text, format('its key %s is a generated column', name));
    end if;
    return next;
end
$$;
comment on function jalon_engine.key_of(regclass, text) is 'Key column and type of a table that is to be tracked.';

create or replace function jalon_engine.check_columns(p_table regclass, p_columns jsonb, p_workflow_column text)
returns void
language plpgsql stable
set search_path = ''
as $$
declare
    v_name text;
    v_category text;
    v_generated text;
begin
    if p_columns = '{}' then
        perform jalon_engine.cannot_track(p_table::text, 'no status column is named');
    end if;
    for v_name, v_category in select e.key, e.value from jsonb_each_text(p_columns) e union all select p_workflow_column, null where p_workflow_column is not null loop
        select a.attgenerated into v_generated from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attname = v_name and a.attnum > 0 and not a.attisdropped;
        if not found then
            perform jalon_engine.cannot_track(p_table::text, format('it has no column %s', v_name));
        elsif v_generated <> '' then
            perform jalon_engine.cannot_track(p_table::text, format('%s is a generated column', v_name));
        elsif length(v_name) > 54 then
            perform jalon_engine.cannot_track(p_table::text, format('the name %s is too long', v_name));
        elsif v_category is null and v_name in ('id', 'changed_at', 'previous_changed_at', 'changed_by', 'reason', 'meta_data', 'version',
                'workflow_version', 'kind', 'on_behalf_of', 'db_role', 'bulk_id', 'transaction_id') then
            perform jalon_engine.cannot_track(p_table::text, format('history has a column %s of its own; call the case type otherwise', v_name));
        end if;
        if exists (select from pg_catalog.pg_partitioned_table p join pg_catalog.pg_attribute a on a.attrelid = p.partrelid
                   and a.attnum = any (p.partattrs::smallint[]) where p.partrelid = p_table and a.attname = v_name) then
            perform jalon_engine.cannot_track(p_table::text, format('it is partitioned by %s; a change of status would move rows between partitions', v_name));
        end if;
        if v_category is not null and not exists (select from jalon_engine.category g where g.code = v_category) then
            perform jalon_engine.fail('JL402', jsonb_build_object('category', v_category,
                'allowed', coalesce((select jsonb_agg(g.code order by g.code) from jalon_engine.category g), '[]')), 'JL402.category');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_columns(regclass, jsonb, text) is 'Refuses columns that cannot be tracked and categories that do not exist.';

create or replace function jalon_engine.check_codes(p_table regclass, p_columns jsonb, p_add boolean)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_column text;
    v_category text;
    v_missing text[];
    v_empty bigint;
begin
    for v_column, v_category in select e.key, e.value from jsonb_each_text(p_columns) e loop
        execute format('select array_agg(distinct x.%1$I::text) filter (where f.code is null and x.%1$I is not null), count(*) filter (where x.%1$I is null)
            from %2$s x left join jalon_engine.referential f on f.category = $1 and f.code = x.%1$I::text', v_column, p_table)
        into v_missing, v_empty using v_category;
        if v_empty > 0 then
            perform jalon_engine.cannot_track(p_table::text, format('%s is empty in %s rows', v_column, v_empty));
        end if;
        continue when v_missing is null;
        if not p_add then
            perform jalon_engine.cannot_track(p_table::text, format('%s holds codes that %s lacks: %s; add them, or call with add_missing_codes => true',
                v_column, v_category, array_to_string(v_missing, ', ')));
        end if;
        insert into jalon_engine.referential (category, code, label, position)
        select v_category, m.code, m.code, 1000 + m.position from unnest(v_missing) with ordinality m (code, position);
    end loop;
end
$$;
comment on function jalon_engine.check_codes(regclass, jsonb, boolean) is 'Compares the codes that rows hold with the referential; adds what is missing, or refuses with the list.';

create or replace function jalon_engine.add_stamps(p_table regclass)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_kind text;
    v_schema text := (select n.nspname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = p_table);
begin
    for v_kind in select format_type(a.atttypid, null) || ' ' || a.attname from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attname in ('status_version', 'status_changed_at') and not a.attisdropped loop
        if v_kind not in ('integer status_version', 'timestamp with time zone status_changed_at') then
            perform jalon_engine.cannot_track(p_table::text, format('it has a column of another kind that Jalon needs: %s', v_kind));
        end if;
    end loop;
    if not exists (select from pg_catalog.pg_attribute a where a.attrelid = p_table and a.attname = 'status_version' and not a.attisdropped) then
        execute format('alter table %s add column status_version integer not null default 1', p_table);
        execute format('comment on column %s.status_version is ''Counts the changes of status: 1, 2, 3, … Kept by Jalon.''', p_table);
    end if;
    if not exists (select from pg_catalog.pg_attribute a where a.attrelid = p_table and a.attname = 'status_changed_at' and not a.attisdropped) then
        execute format('alter table %s add column status_changed_at timestamptz not null default now()', p_table);
        execute format('comment on column %s.status_changed_at is ''When the status last changed. Kept by Jalon.''', p_table);
    end if;
    if (select pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = p_table) <> 'jalon_owner' then
        if not (has_schema_privilege('jalon_owner', v_schema, 'usage') and has_schema_privilege('jalon_owner', v_schema, 'create')) then
            execute format('grant usage, create on schema %I to jalon_owner', v_schema);
        end if;
        execute format('grant select, insert, update, delete, truncate, references on %s to jalon_owner', p_table);
        if (select c.relrowsecurity from pg_catalog.pg_class c where c.oid = p_table)
           and not exists (select from pg_catalog.pg_policy y where y.polrelid = p_table and y.polname = 'jalon_sees_every_row') then
            execute format('create policy jalon_sees_every_row on %s to jalon_owner using (true) with check (true)', p_table);
        end if;
    end if;
end
$$;
comment on function jalon_engine.add_stamps(regclass) is 'Gives a table the columns status_version and status_changed_at, and jalon_owner its rights on it.';
