-- All that happened to a record, newest first, of all kinds or of one.

create or replace function jalon_api.record_stream(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_input ->> 'table');
    v_row constant jsonb := jalon_engine.get_record(t, p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_kind constant text := p_input ->> 'kind';
    v_after constant jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_before constant timestamptz := coalesce(jalon_engine.moment('after', v_after ->> 0), 'infinity');
    v_before_id constant text := coalesce(v_after ->> 1, '');
    v_sees_deliveries constant boolean := jalon_engine.may('manage_webhooks', jalon_engine.caller_roles(p_caller));
    -- Of one kind it looks further back, since a source may have several.
    v_reach constant integer := case when v_kind is null then v_limit + 1 else 1000 end;
    v_items jsonb[];
begin
    v_items := array(
        select jsonb_build_object('at', s.at, 'id', s.id, 'kind', s.kind) || s.entry
        from (
            select * from jalon_engine.stream_changes(t, p_key, v_before, v_before_id, v_reach,
                p_caller ->> 'language')
            where v_kind is null or v_kind in ('change', 'note')
            union all
            select * from jalon_engine.stream_of_module(t, v_row, v_before, v_before_id, v_reach, p_caller)
            where v_kind is null or v_kind not in ('change', 'note', 'delivery')
            union all
            select * from jalon_engine.stream_deliveries(t, p_key, v_before, v_before_id, v_reach)
            where v_sees_deliveries and (v_kind is null or v_kind = 'delivery')
        ) s
        where v_kind is null or s.kind = v_kind or v_kind = 'change' and s.kind = 'note'
        order by s.at desc, s.id desc limit v_limit + 1);
    return jalon_engine.ok(json_build_object('items', to_json(v_items[:v_limit]), 'kind', v_kind,
        'seesDeliveries', v_sees_deliveries,
        'next', jalon_engine.next_cursor(cardinality(v_items) > v_limit,
            jsonb_build_array(v_items[v_limit] -> 'at', v_items[v_limit] -> 'id'))));
end
$$;
comment on function jalon_api.record_stream(text, jsonb, jsonb) is
'What happened to a record, newest first, in pages: {table, kind, after, limit}.';
