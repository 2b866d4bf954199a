-- POST /roadshow/{counterpartyId}/status, to the letter: {"success": true}, or 400 with the error "Statut invalide".

create or replace function jalon_engine.counterparty_key(p_key text)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_key !~ '^-?\d+$' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'counterpartyId', 'why', p_key), 'JL405.value');
    end if;
    return p_key;
end
$$;
comment on function jalon_engine.counterparty_key(text) is 'The key of a counterparty; JL405 for what is not a number.';

create or replace function jalon_engine.get_counterparty(p_key text, p_caller jsonb, p_locked boolean default false)
returns jalon_roadshow.roadshow_counterparty
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_populate_record(null::jalon_roadshow.roadshow_counterparty,
        jalon_engine.get_record(jalon_engine.tracked_of('roadshow_counterparty'), jalon_engine.counterparty_key(p_key),
            p_caller, p_lock => case when p_locked then 'for no key update' else '' end));
end
$$;
comment on function jalon_engine.get_counterparty(text, jsonb, boolean) is
'A counterparty that the caller may see, locked for a change if asked; JL401 where there is none.';

create or replace function jalon_api.roadshow_status(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_target constant text := p_input ->> 'newStatus';
    v_row jsonb;
    v_moved jalon_engine.moved;
    v_done text;
begin
    if jsonb_typeof(p_input -> 'newStatus') is distinct from 'string' or not exists (
        select from jalon_engine.referential f
        where f.category = 'ROADSHOW_STATUS' and f.code = v_target and f.is_active) then
        perform jalon_engine.fail('JL402', jsonb_build_object('error', jalon_engine.text_of('roadshow.error'),
            'field', 'newStatus', 'to', p_input -> 'newStatus',
            'allowed', (select jsonb_agg(f.code order by f.position, f.code) from jalon_engine.referential f
                where f.category = 'ROADSHOW_STATUS' and f.is_active)),
            case when v_target is null then 'JL405.missing' else 'roadshow.invalid_status' end);
    end if;
    -- Asked often: what can be an assignment is one, since PERFORM starts the executor.
    v_done := jalon_engine.counterparty_key(p_key);
    -- The row is read beforehand only where something hangs on it: jalon.move locks it, and the trigger checks.
    if p_caller ? 'ifMatch' or not jalon_engine.can_read_all('roadshow_counterparty', p_caller) then
        v_row := jalon_engine.get_record(jalon_engine.tracked_of('roadshow_counterparty'), p_key, p_caller,
            p_lock => 'for no key update');
        perform jalon_engine.require_match(p_caller, 'roadshow_counterparty', v_row ->> 'id',
            (v_row ->> 'status_version')::integer);
    end if;
    v_moved := jalon_engine.move('roadshow_counterparty', 'statut', p_key, v_target,
        p_meta => nullif(p_input -> 'meta', 'null'));
    return jalon_engine.counterparty_moved_answer(v_moved);
end
$$;
comment on function jalon_api.roadshow_status(text, jsonb, jsonb) is
'Moves a counterparty to a status: {newStatus, reason, meta}.';

create or replace function jalon_engine.counterparty_moved_answer(p_moved jalon_engine.moved)
returns jalon_engine.answer
language sql stable
-- Becomes part of the statement that asks; its names are bound when it is made.
return jalon_engine.ok(p_body => case when p_moved.has_changed then '{"success": true}'::json
    else json_build_object('success', true, 'changed', false,
            'message', jalon_engine.text_of('roadshow.same_status', jsonb_build_object('to', p_moved.new_code))) end,
    p_etag => jalon_engine.etag(p_moved.id, p_moved.version),
    p_headers => case when p_moved.has_changed then jsonb_build_object(':moves', jsonb_build_array(
        jsonb_build_array('roadshow_counterparty', p_moved.old_code, p_moved.new_code))) end);
comment on function jalon_engine.counterparty_moved_answer(jalon_engine.moved) is
'The answer to a counterparty''s move: that it was made, or that nothing had to be done.';
