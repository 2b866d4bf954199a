-- POST /tracked/{table}/undo: what the caller has just done is moved back, as an ordinary move that asks for all that a
-- move asks for, and is marked undo in its meta.

create or replace function jalon_engine.last_move(p_tracked jalon_engine.tracked, p_key text, p_actor text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_last jsonb;
    v_columns text[];
begin
    execute format('select to_jsonb(h) from %s h where h.%I = $1::%s order by h.version desc limit 1',
        jalon_engine.history_of(p_tracked), p_tracked.history_key, p_tracked.key_type) into v_last using p_key;
    select array_agg(c.column_name) into v_columns from jalon_engine.tracked_column c
    where c.tracked = p_tracked.name
        and v_last ->> ('old_' || c.column_name) is distinct from v_last ->> ('new_' || c.column_name);
    -- A change of several columns, or one that made the record, has no move back.
    if v_last ->> 'changed_by' is distinct from p_actor or v_last ->> 'kind' <> 'move' or cardinality(v_columns) <> 1
        or (v_last ->> 'changed_at')::timestamptz < now() - interval '30 seconds'
        or v_last ->> ('old_' || v_columns[1]) is null then
        return null;
    end if;
    return jsonb_build_object('id', p_key, 'column', v_columns[1], 'version', v_last -> 'version',
        'to', v_last -> ('old_' || v_columns[1]));
end
$$;
comment on function jalon_engine.last_move(jalon_engine.tracked, text, text) is
'The change that leads a record back from what an actor has just done with it; null if theirs was not the last, or is '
'no ordinary move, or half a minute old.';

create or replace function jalon_api.undo(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_key);
    v_ids constant text[] := array(select i from jsonb_array_elements_text(p_input -> 'ids') i);
    v_back jsonb;
    v_items jsonb;
begin
    select coalesce(jsonb_agg(b.back), '[]') into v_back
    from unnest(jalon_engine.visible(t, v_ids, p_caller)) k (id)
    cross join lateral (select jalon_engine.last_move(t, k.id, p_caller ->> 'actor') as back) b
    where b.back is not null;
    select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'to', m.new_code,
        'label', jalon_engine.code_name(w.category, m.new_code, p_caller ->> 'language'))), '[]')
    into v_items
    from (select b ->> 'column' as column_name, b ->> 'to' as target, c.category,
            array_agg(b ->> 'id' order by b ->> 'id') as ids,
            array_agg((b ->> 'version')::integer order by b ->> 'id') as versions
        from jsonb_array_elements(v_back) b
        join jalon_engine.tracked_column c on c.tracked = t.name and c.column_name = b ->> 'column'
        group by 1, 2, 3) w
    cross join lateral jalon_engine.move_many(t.name, w.ids, w.target, null, 'each', false, w.versions,
        '{"undo": true}', w.column_name) m
    where m.problem is null;
    return jalon_engine.ok(json_build_object('items', v_items,
            'failed', cardinality(v_ids) - jsonb_array_length(v_items)),
        p_headers => jsonb_build_object(':moves', '[]'::jsonb));
end
$$;
comment on function jalon_api.undo(text, jsonb, jsonb) is
'Moves records back from what the caller has just done with them, each if it may be: {ids}; tells which were.';
