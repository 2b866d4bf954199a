-- POST /tracked/{table}/{id}/moves: the door, over HTTP.

create or replace function api.move_record(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t lifecycle.tracked := logic.tracked_of(p_input ->> 'table');
    v_column text := coalesce(p_input ->> 'column', logic.first_column(t.name));
    v_row jsonb;
    v lifecycle.moved;
    v_answer lifecycle.answer;
begin
    perform logic.enter(p_caller);
    v_row := logic.record(t, p_key, p_caller, p_locked => true);
    perform logic.demand_match(p_caller, t.name, v_row ->> t.key_column, (v_row ->> 'status_version')::integer);
    v := logic.move(t, v_column, p_key, p_input ->> 'to', p_input ->> 'reason', p_input ->> 'expectedFrom',
        (p_input ->> 'expectedVersion')::integer,
        nullif(jsonb_strip_nulls(jsonb_build_object('meta', p_input -> 'meta', 'kind', case when (p_input ->> 'force')::boolean then 'force' end,
            'onBehalfOf', logic.on_behalf_of(p_input ->> 'onBehalfOf'))), '{}'));
    perform logic.leave();
    v_answer.status := 200;
    v_answer.etag := logic.etag(v_row ->> t.key_column, v.version);
    v_answer.body := json_build_object('table', t.name, 'id', v_row ->> t.key_column, 'column', v.column_name, 'from', v.old_code, 'to', v.new_code,
        'version', v.version, 'changedAt', v.changed_at, 'changed', v.has_changed, 'etag', v_answer.etag);
    v_answer.headers := jsonb_build_object(':moves', jsonb_build_array(jsonb_build_array(t.name, v.old_code, v.new_code)));
    return v_answer;
end
$$;
comment on function api.move_record(text, jsonb, jsonb) is 'Moves one record of a tracked table: {table, to, reason, expectedFrom, expectedVersion, meta, column, force, onBehalfOf}.';
grant execute on function api.move_record(text, jsonb, jsonb) to jalon_api;

create or replace function logic.on_behalf_of(p_name text)
returns text
language plpgsql stable
set search_path = ''
as $$
begin
    if p_name is not null then
        perform logic.demand('act_for_others');
    end if;
    return p_name;
end
$$;
comment on function logic.on_behalf_of(text) is 'The name of whom the actor acts for; needs the permission act_for_others.';
