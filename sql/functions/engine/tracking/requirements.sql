-- What jalon.track asks of a table before it takes it.

create or replace function jalon_engine.cannot_track(p_table text, p_why text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.fail('JL504', jsonb_build_object('table', p_table, 'why', p_why));
end
$$;
comment on function jalon_engine.cannot_track(text, text) is 'Refuses to track a table, in plain words.';

create or replace function jalon_engine.key_of(p_table regclass, p_key text)
returns table (name text, type text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count integer;
begin
    select count(*), min(a.attname), min(format_type(a.atttypid, null)) into v_count, name, type
    from pg_catalog.pg_attribute a
    where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
      and case when p_key is not null then a.attname = p_key
          else a.attnum = any ((select i.indkey from pg_catalog.pg_index i
              where i.indrelid = p_table and i.indisprimary)::smallint[]) end;
    if v_count = 0 then
        perform jalon_engine.cannot_track(p_table::text,
            case when p_key is null then 'it has no primary key; name one with key_column =>'
                else format('it has no column %s', p_key) end);
    elsif v_count > 1 then
        perform jalon_engine.cannot_track(p_table::text,
            'its primary key has several columns; name the one that identifies a record with key_column =>');
    elsif type not in ('smallint', 'integer', 'bigint', 'uuid', 'text', 'character varying') then
        perform jalon_engine.cannot_track(p_table::text,
            format('its key %s is of type %s; integer, bigint, uuid and text can be', name, type));
    elsif not jalon_engine.is_unique(p_table, name) then
        perform jalon_engine.cannot_track(p_table::text,
            format('its key %s is not unique; give it a unique index of its own', name));
    elsif not jalon_engine.has_plain_equality(p_table, name) then
        perform jalon_engine.cannot_track(p_table::text,
            format('its key %s has a collation to which different texts are equal', name));
    elsif exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = key_of.name and a.attgenerated <> '') then
        perform jalon_engine.cannot_track(p_table::text, format('its key %s is a generated column', name));
    end if;
    return next;
end
$$;
comment on function jalon_engine.key_of(regclass, text) is 'Key column and type of a table that is to be tracked.';

create or replace function jalon_engine.is_unique(p_table regclass, p_column text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A partitioned table can have no such index, unless the key decides the partition:
    -- there each insertion is looked at.
    select exists (select from pg_catalog.pg_class c where c.oid = p_table and c.relkind = 'p') or exists (
        select from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid
            and a.attname = p_column
        where i.indrelid = p_table and i.indisunique and i.indisvalid and i.indimmediate and i.indnkeyatts = 1
            and i.indkey[0] = a.attnum
          and i.indpred is null)
$$;
comment on function jalon_engine.is_unique(regclass, text) is 'Whether a column alone identifies a row.';

create or replace function jalon_engine.has_plain_equality(p_table regclass, p_column text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether equal values are the same value: not with a collation that takes one text for another.
    select coalesce((select c.collisdeterministic from pg_catalog.pg_collation c where c.oid = a.attcollation), true)
    from pg_catalog.pg_attribute a where a.attrelid = p_table and a.attname = p_column
$$;
comment on function jalon_engine.has_plain_equality(regclass, text) is
'Whether texts of a column are equal only if they are the same.';

create or replace function jalon_engine.can_be_status(p_type oid)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive made_of as (
        select y.oid, y.typbasetype, y.typtype from pg_catalog.pg_type y where y.oid = p_type
        union all
        select y.oid, y.typbasetype, y.typtype from made_of m join pg_catalog.pg_type y on y.oid = m.typbasetype
    )
    -- A domain over an enum has no equality of its own, so PostgreSQL could not compare it in a trigger's condition.
    select m.typtype = 'e' and m.oid = p_type or m.oid in ('text'::regtype, 'varchar'::regtype, 'boolean'::regtype,
        'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype)
    from made_of m where m.typbasetype = 0
$$;
comment on function jalon_engine.can_be_status(oid) is
'Whether a status can have a type: text, varchar, boolean, integers, domains over these, and enums.';

create or replace function jalon_engine.check_columns(p_table regclass, p_columns jsonb, p_workflow_column text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_category text;
    v_generated text;
    v_type oid;
begin
    if p_columns = '{}' then
        perform jalon_engine.cannot_track(p_table::text, 'no status column is named');
    end if;
    for v_name, v_category in select e.key, e.value from jsonb_each_text(p_columns) e
        union all select p_workflow_column, null where p_workflow_column is not null loop
        select a.attgenerated, a.atttypid into v_generated, v_type from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attname = v_name and a.attnum > 0 and not a.attisdropped;
        if not found then
            perform jalon_engine.cannot_track(p_table::text, format('it has no column %s', v_name));
        elsif v_generated <> '' then
            perform jalon_engine.cannot_track(p_table::text, format('%s is a generated column', v_name));
        elsif not jalon_engine.can_be_status(v_type) then
            perform jalon_engine.cannot_track(p_table::text, format('%s is of type %s; '
                'text, varchar, boolean, integers and enums can be', v_name, format_type(v_type, null)));
        elsif not jalon_engine.has_plain_equality(p_table, v_name) then
            perform jalon_engine.cannot_track(p_table::text,
                format('%s has a collation to which different texts are equal', v_name));
        elsif length(v_name) > 54 then
            perform jalon_engine.cannot_track(p_table::text, format('the name %s is too long', v_name));
        elsif v_category is null
            and v_name in ('id', 'changed_at', 'previous_changed_at', 'changed_by', 'reason', 'meta_data', 'version',
                    'workflow_version', 'kind', 'on_behalf_of', 'db_role', 'bulk_id', 'transaction_id') then
            perform jalon_engine.cannot_track(p_table::text,
                format('history has a column %s of its own; call the case type otherwise', v_name));
        end if;
        if v_name = any (jalon_engine.partition_columns(p_table)) then
            perform jalon_engine.cannot_track(p_table::text,
                format('it is partitioned by %s; a change of status would move rows between partitions', v_name));
        end if;
        if v_category is not null and not exists (select from jalon_engine.category g where g.code = v_category) then
            perform jalon_engine.fail('JL402', jsonb_build_object('category', v_category,
                'allowed', coalesce((select jsonb_agg(g.code order by g.code) from jalon_engine.category g), '[]')),
                'JL402.category');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_columns(regclass, jsonb, text) is
'Refuses columns that cannot be tracked and categories that do not exist.';

create or replace function jalon_engine.check_codes(
    p_tracked jalon_engine.tracked, p_table regclass, p_columns jsonb, p_add boolean
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_column text;
    v_category text;
    v_missing text[];
    v_empty bigint;
begin
    for v_column, v_category in select e.key, e.value from jsonb_each_text(p_columns) e loop
        execute format('select array_agg(distinct x.code) filter (where f.code is null and x.code is not null),
                count(*) filter (where x.code is null)
            from (select x.codes[%1$s] as code from jalon_engine.states_as_mover(%2$L) x) x
            left join jalon_engine.referential f on f.category = $1 and f.code = x.code',
            array_position(jalon_engine.status_columns(p_tracked), v_column), jalon_engine.states_sql(p_tracked))
        into v_missing, v_empty using v_category;
        if v_empty > 0 then
            perform jalon_engine.cannot_track(p_table::text, format('%s is empty in %s rows', v_column, v_empty));
        end if;
        continue when v_missing is null;
        if not p_add then
            perform jalon_engine.cannot_track(p_table::text,
                format('%s holds codes that %s lacks: %s; add them, or call with add_missing_codes => true',
                    v_column, v_category, array_to_string(v_missing, ', ')));
        end if;
        insert into jalon_engine.referential (category, code, label, position)
        select v_category, m.code, m.code, 1000 + m.position from unnest(v_missing) with ordinality m (code, position);
    end loop;
end
$$;
comment on function jalon_engine.check_codes(jalon_engine.tracked, regclass, jsonb, boolean) is
'Compares the codes that rows hold with the referential; adds what is missing, or refuses with the list.';


create or replace function jalon_engine.check_places(p_tracked jalon_engine.tracked, p_table regclass)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_column jalon_engine.tracked_column;
    v_misplaced text;
begin
    for v_column in select c.* from jalon_engine.tracked_column c where c.tracked = p_tracked.name
        order by c.position loop
        select string_agg(format('%s%s (%s)', r.case_type || ': ', r.code, r.records), ', '
            order by r.case_type, r.code)
        into v_misplaced
        from (
            select coalesce(w.case_type, '*') as case_type, x.codes[v_column.position] as code, count(*) as records
            from jalon_engine.states_as_mover(jalon_engine.states_sql(p_tracked)) x
            left join jalon_engine.rule_case_type w on w.category = v_column.category and w.case_type = x.case_type
            group by 1, 2
        ) r
        -- Case types without rules are free, or no case types at all; either is no matter of places.
        where exists (select from jalon_engine.workflow p where p.category = v_column.category
                and p.case_type = r.case_type and p.state = 'published')
            and not jalon_engine.uses_code(v_column.category, r.case_type, r.code);
        if v_misplaced is not null then
            perform jalon_engine.fail('JL504', jsonb_build_object('table', p_table::text,
                'column', v_column.column_name, 'category', v_column.category, 'places', v_misplaced), 'JL504.places');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_places(jalon_engine.tracked, regclass) is
'Refuses a table whose rows stand on codes that the workflow of their case type lacks, and counts them.';
