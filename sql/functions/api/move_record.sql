-- POST /tracked/{table}/{id}/moves: jalon.move, over HTTP.

create or replace function jalon_api.move_record(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
    v_row jsonb;
    v_more jsonb;
    v_before text[];
    v jalon_engine.moved;
begin
    -- The row is read beforehand only where something hangs on it: the move finds and locks it, and the triggers check.
    if p_caller ? 'ifMatch' or not jalon_engine.can_read_all(p_input ->> 'table', p_caller) then
        t := jalon_engine.tracked_of(p_input ->> 'table');
        v_row := jalon_engine.get_record(t, p_key, p_caller, p_lock => 'for no key update');
        perform jalon_engine.require_match(p_caller, t.name, v_row ->> t.key_column,
            (v_row ->> 'status_version')::integer);
    end if;
    if p_input ?| '{meta,force,onBehalfOf}' then
        v_more := nullif(jsonb_strip_nulls(jsonb_build_object('meta', p_input -> 'meta',
            'kind', case when (p_input ->> 'force')::boolean then 'force' end,
            'onBehalfOf', jalon_engine.on_behalf_of(p_input ->> 'onBehalfOf'))), '{}');
        v_before := jalon_engine.set_marks(null, null, v_more);
    end if;
    v := jalon_engine.move(p_input ->> 'table', p_input ->> 'column', p_key, p_input ->> 'to', null,
        p_input ->> 'expectedFrom', (p_input ->> 'expectedVersion')::integer);
    return jalon_engine.moved_answer(v, jalon_engine.etag(v.id, v.version));
end
$$;
comment on function jalon_api.move_record(text, jsonb, jsonb) is 'Moves one record of a tracked table: {table, to, '
'reason, expectedFrom, expectedVersion, meta, column, force, onBehalfOf}.';

create or replace function jalon_engine.on_behalf_of(p_name text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_name is not null then
        perform jalon_engine.require_permission('act_for_others');
    end if;
    return p_name;
end
$$;
comment on function jalon_engine.on_behalf_of(text) is
'The name of whom the caller acts for; needs the permission act_for_others.';

create or replace function jalon_engine.moved_answer(p_moved jalon_engine.moved, p_etag text)
returns jalon_engine.answer
language sql stable
-- Becomes part of the statement that asks; its names are bound when it is made.
return jalon_engine.ok(p_body => json_build_object('table', p_moved.tracked, 'id', p_moved.id,
    'column', p_moved.column_name, 'from', p_moved.old_code, 'to', p_moved.new_code, 'version', p_moved.version,
    'changedAt', p_moved.changed_at, 'changed', p_moved.has_changed, 'etag', p_etag), p_etag => p_etag,
    p_headers => jsonb_build_object(':moves', jsonb_build_array(
        jsonb_build_array(p_moved.tracked, p_moved.old_code, p_moved.new_code))));
comment on function jalon_engine.moved_answer(jalon_engine.moved, text) is 'The answer to the caller of a move.';
