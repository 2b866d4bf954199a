-- POST /tracked/{table}/{id}/moves: the door, over HTTP.

create or replace function api.move_record(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t lifecycle.tracked;
    v_row jsonb;
    v_more jsonb;
    v lifecycle.moved;
    v_done text;
begin
    -- The row is read beforehand only where something hangs on it: the door finds and locks it, and the wall judges.
    if p_caller ? 'ifMatch' or not logic.reads_all(p_input ->> 'table', p_caller) then
        t := logic.tracked_of(p_input ->> 'table');
        v_row := logic.record(t, p_key, p_caller, p_lock => 'for no key update');
        perform logic.demand_match(p_caller, t.name, v_row ->> t.key_column, (v_row ->> 'status_version')::integer);
    end if;
    if p_input ?| '{meta,force,onBehalfOf}' then
        v_more := nullif(jsonb_strip_nulls(jsonb_build_object('meta', p_input -> 'meta', 'kind', case when (p_input ->> 'force')::boolean then 'force' end,
            'onBehalfOf', logic.on_behalf_of(p_caller, p_input ->> 'onBehalfOf'))), '{}');
    end if;
    -- By assignment, since PERFORM starts the executor.
    v_done := logic.enter(p_caller, p_input ->> 'reason');
    v := generated.move(p_input ->> 'table', p_input ->> 'column', p_key, p_input ->> 'to', null, p_input ->> 'expectedFrom', (p_input ->> 'expectedVersion')::integer, v_more);
    v_done := logic.leave();
    return logic.told_moved(v, logic.etag(v.id, v.version));
end
$$;
comment on function api.move_record(text, jsonb, jsonb) is 'Moves one record of a tracked table: {table, to, reason, expectedFrom, expectedVersion, meta, column, force, onBehalfOf}.';
grant execute on function api.move_record(text, jsonb, jsonb) to jalon_api;

create or replace function logic.on_behalf_of(p_caller jsonb, p_name text)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
    if p_name is not null and not logic.may('act_for_others', logic.caller_roles(p_caller)) then
        perform logic.fail('JL203', jsonb_build_object('actor', p_caller ->> 'actor', 'permission', 'act_for_others', 'roles', '[]'::jsonb));
    end if;
    return p_name;
end
$$;
comment on function logic.on_behalf_of(jsonb, text) is 'The name of whom the caller acts for; needs the permission act_for_others.';

create or replace function logic.told_moved(p_moved lifecycle.moved, p_etag text)
returns lifecycle.answer
language sql stable
-- Becomes part of the statement that asks; its names are bound when it is made.
return (200, json_build_object('table', p_moved.tracked, 'id', p_moved.id, 'column', p_moved.column_name, 'from', p_moved.old_code, 'to', p_moved.new_code,
    'version', p_moved.version, 'changedAt', p_moved.changed_at, 'changed', p_moved.has_changed, 'etag', p_etag), p_etag,
    jsonb_build_object(':moves', jsonb_build_array(jsonb_build_array(p_moved.tracked, p_moved.old_code, p_moved.new_code))))::lifecycle.answer;
comment on function logic.told_moved(lifecycle.moved, text) is 'What the caller of a move is told.';
