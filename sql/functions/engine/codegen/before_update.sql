-- A changed row gets its version and time; its key stays.

create or replace function jalon_engine.before_update_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
-- Fires last of all BEFORE triggers, so that it sees the row as it will be stored,
-- and only if one of its columns differs.
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. The key and the partition stay.
    if {fixed_differ} then
        perform jalon_engine.refuse_fixed_columns({name}, {old_key},
            array[{fixed_changed}]);
    end if;
    -- 3. A change counts one version on, now and later than the change before. Only an import says when it was.
    if {status_differs} then
        new.status_version := old.status_version + 1;
        if {is_untimed}
            or not jalon_engine.is_importing() then
            new.status_changed_at := greatest(clock_timestamp(), statement_timestamp(),
                old.status_changed_at + interval '1 microsecond');
        end if;{changed_by}
    -- 4. Without a change, version and time stay, whatever the statement says, unless an import gave the record a past.
    elsif ({is_renumbered}) is not true then
        new.status_version := old.status_version;
        new.status_changed_at := old.status_changed_at;
    end if;
    return new;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name),
        'in_place', jalon_engine.in_place_sql(p_tracked, '~jalon_before_update', 'BEFORE', 'ROW', 'UPDATE'),
        'fixed_differ', jalon_engine.any_differs(jalon_engine.fixed_columns(p_tracked)),
        'old_key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'old'),
        'fixed_changed', (select string_agg(format('case when %s then %L end', jalon_engine.differs(c), c),
                e',\n            ')
            from unnest(jalon_engine.fixed_columns(p_tracked)) c), 'status_differs', jalon_engine.any_differs(
                array_remove(jalon_engine.status_columns(p_tracked) || p_tracked.workflow_column, null)),
        'is_untimed', e'new.status_changed_at is not distinct from old.status_changed_at\n'
            '            and strpos(coalesce(current_setting(''jalon.marks'', true), ''''), ''"kind"'') = 0',
        'is_renumbered', jalon_engine.is_renumbered_sql(p_tracked),
        'changed_by', replace(jalon_engine.changed_by_sql(p_tracked), e'\n    ', e'\n        ')))
$$;
comment on function jalon_engine.before_update_body(jalon_engine.tracked) is
'Body of the trigger function that counts versions and keeps the key.';

create or replace function jalon_engine.is_renumbered_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format(e'exists (select from jalon_history.renumbering r\n'
        '            where r.tracked = %L and r.record_key = %s\n'
        '                and r.transaction_id = pg_current_xact_id() and r.version = new.status_version\n'
        '                and r.changed_at = new.status_changed_at)',
        p_tracked.name, jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new'))
$$;
comment on function jalon_engine.is_renumbered_sql(jalon_engine.tracked) is
'SQL that is true if the running import gave a row its new version and time.';

create or replace function jalon_engine.refuse_fixed_columns(p_name text, p_key text, p_columns text[])
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.fail('JL501',
        jsonb_build_object('table', p_name, 'column', array_to_string(p_columns, ', '), 'id', p_key));
end
$$;
comment on function jalon_engine.refuse_fixed_columns(text, text, text[]) is
'Refuses to change a key, or what decides a row''s partition.';
