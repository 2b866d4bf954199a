-- jalon.move: locks the record, compares it with what the caller expects, updates it. The triggers check and record.

create or replace function jalon_engine.is_key(p_type text, p_id text)
returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when p_id is null then false
        when p_type in ('text', 'character varying') then true
        when p_type = 'uuid' then p_id ~* '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$'
        when p_id ~ '^-?\d{1,4}$' then true
        when p_id !~ '^-?\d{1,19}$' then false
        when p_type = 'smallint' then p_id::numeric between -32768 and 32767
        when p_type = 'integer' then p_id::numeric between -2147483648 and 2147483647
        else p_id::numeric between -9223372036854775808 and 9223372036854775807
    end;
end
$$;
comment on function jalon_engine.is_key(text, text) is 'Whether a text can be a key of this type.';

create or replace function jalon_engine.key_text(p_type text, p_id text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when not jalon_engine.is_key(p_type, p_id) or p_type in ('text', 'character varying') then p_id
        when p_type = 'uuid' then p_id::uuid::text
        else p_id::bigint::text
    end
$$;
comment on function jalon_engine.key_text(text, text) is
'A key as PostgreSQL writes it; what can be none stays as it is.';

create or replace function jalon_engine.require_key(p_tracked jalon_engine.tracked, p_id text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.is_key(p_tracked.key_type, p_id) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked.name, 'id', p_id));
    end if;
end
$$;
comment on function jalon_engine.require_key(jalon_engine.tracked, text) is
'Refuses, as an unknown record, what cannot be a key of the table.';

create or replace function jalon_engine.first_column(p_name text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select c.column_name from jalon_engine.tracked_column c where c.tracked = p_name and c.position = 1 $$;
comment on function jalon_engine.first_column(text) is 'The status proper of a tracked table.';

create or replace function jalon_engine.require_movable(p_tracked text, p_column text, p_id text)
returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    if p_column is not null and p_column <> all (jalon_engine.status_columns(t)) then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'status_column', 'allowed', jalon_engine.status_columns(t),
                'why', jalon_engine.text_of('move.column', jsonb_build_object('column', p_column, 'table', t.name))));
    end if;
    perform jalon_engine.require_key(t, p_id);
    return t.name;
end
$$;
grant execute on function jalon_engine.require_movable(text, text, text) to jalon_dba, jalon_app;
comment on function jalon_engine.require_movable(text, text, text) is
'The registered name of a tracked table; fails if there is no such table or column, or if the text cannot be a key.';

create or replace function jalon_engine.refuse_move(
    p_tracked text, p_column text, p_id text, p_version integer, p_code text, p_expected_version integer,
    p_expected_from text
)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_version is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked, 'id', p_id));
    elsif p_version <> p_expected_version or p_code <> p_expected_from then
        perform jalon_engine.fail_stale(p_tracked, p_column, p_id, p_version, p_code, p_expected_version,
            p_expected_from);
    end if;
    -- The row was there and is not changed: a policy or a trigger of the table's owner kept the UPDATE from it.
    perform jalon_engine.fail('JL207', jsonb_build_object('table', p_tracked, 'id', p_id));
end
$$;
grant execute on function jalon_engine.refuse_move(text, text, text, integer, text, integer, text)
    to jalon_dba, jalon_app;
comment on function jalon_engine.refuse_move(text, text, text, integer, text, integer, text) is
'Says why a move did not change its record: there is none, it was elsewhere, or the table''s own policies and '
'triggers kept it.';

create or replace function jalon_engine.fail_stale(
    p_tracked text, p_column text, p_id text, p_version integer, p_code text, p_expected_version integer,
    p_expected_from text
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_column constant text := coalesce(p_column, jalon_engine.first_column(t.name));
    v_missed jsonb;
    v_allowed jsonb;
begin
    execute format($sql$select coalesce(jsonb_agg(jsonb_build_object('version', h.version, 'from', h.%1$I, 'to', h.%2$I,
        'who', h.changed_by, 'at', h.changed_at, 'reason', h.reason)
        order by h.version), '[]') from %3$s h where h.%4$I = $1::%5$s and h.version > $2$sql$,
        'old_' || v_column, 'new_' || v_column, jalon_engine.history_of(t), t.history_key, t.key_type)
    into v_missed using p_id, coalesce(p_expected_version, p_version - 1);
    select jalon_engine.allowed_codes(c.category, jalon_engine.ruling_case_type(c.category, x.case_type), p_code)
    into v_allowed
    from jalon_engine.tracked_column c
    cross join jalon_engine.states_as_mover(jalon_engine.states_sql(t, 'record'), p_id) x
    where c.tracked = t.name and c.column_name = v_column;
    perform jalon_engine.fail('JL102',
        jsonb_build_object('table', t.name, 'id', p_id, 'column', v_column, 'from', p_code, 'version', p_version,
            'expected', coalesce(p_expected_from, 'version ' || p_expected_version), 'missed', v_missed,
            'allowed', coalesce(v_allowed, '[]')));
end
$$;
comment on function jalon_engine.fail_stale(text, text, text, integer, text, integer, text) is
'Refuses a move whose caller expected the record elsewhere, with the changes that were missed.';

create or replace function jalon_engine.move(
    p_tracked text, p_column text, p_id text, p_target text, p_reason text default null,
    p_expected_from text default null,
    p_expected_version integer default null, p_meta jsonb default null, p_marks jsonb default null,
    p_as_mover boolean default true
)
returns jalon_engine.moved
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.moved;
    v_table text := p_tracked;
    v_is_key boolean := false;
    v_before text[];
    v_reason text;
    v_set text;
begin
    if p_reason is not null and p_meta is null and p_marks is null
        and coalesce(current_setting('jalon.seal', true), '') = '' then
        -- An actor in their own name may set their reason as they like.
        v_reason := coalesce(current_setting('jalon.reason', true), '');
        v_set := set_config('jalon.reason', p_reason, true);
    elsif p_reason is not null or p_meta is not null or p_marks is not null then
        v_before := jalon_engine.with_marks(p_reason, p_meta, p_marks);
    end if;
    loop
        if p_as_mover then
            v := jalon_engine.update_row_as_mover(v_table, p_column, p_id, p_target, p_expected_from,
                p_expected_version, v_is_key);
        else
            v := jalon_generated.update_row(v_table, p_column, p_id, p_target, p_expected_from, p_expected_version,
                v_is_key);
        end if;
        exit when v.version is not null or v_is_key;
        -- Another name of the table, an unusual form of the key, or a reason to refuse.
        v_table := jalon_engine.require_movable(p_tracked, p_column, p_id);
        v_is_key := true;
    end loop;
    if v.has_changed is null then
        perform jalon_engine.refuse_move(coalesce(v.tracked, p_tracked), v.column_name, p_id, v.version, v.old_code,
            p_expected_version, p_expected_from);
    end if;
    if v_before is not null then
        perform jalon_engine.without_reason(v_before);
    elsif v_reason is not null then
        v_set := set_config('jalon.reason', v_reason, true);
    end if;
    return v;
end
$$;
comment on function jalon_engine.move(text, text, text, text, text, text, integer, jsonb, jsonb, boolean) is
'Moves one record: as jalon_mover for the web application and the modules, or with the rights of the caller for '
'jalon.move.';
grant execute on function jalon_engine.move(text, text, text, text, text, text, integer, jsonb, jsonb, boolean)
    to jalon_dba, jalon_app;

create or replace function jalon.move(
    tracked text, id text, target text, reason text default null, expected_from text default null,
    expected_version integer default null, meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.move($1, $8, $2, $3, $4, $5, $6, $7, null, false) $$;
comment on function jalon.move(text, text, text, text, text, integer, jsonb, text) is
'Moves one record to a code, with a reason; refuses if the record is not where the caller expects it. Runs with the '
'rights of the caller.';
grant execute on function jalon.move(text, text, text, text, text, integer, jsonb, text) to jalon_dba, jalon_app;

create or replace function jalon.move(
    tracked text, id anyelement, target text, reason text default null, expected_from text default null,
    expected_version integer default null, meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.move($1, $8, format('%s', $2), $3, $4, $5, $6, $7, null, false) $$;
comment on function jalon.move(text, anyelement, text, text, text, integer, jsonb, text) is
'The same for a key that is not text.';
grant execute on function jalon.move(text, anyelement, text, text, text, integer, jsonb, text) to jalon_dba, jalon_app;

create or replace function jalon.force_move(
    tracked text, id text, target text, reason text, meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.move($1, $6, $2, $3, coalesce($4, ''), null, null, $5, '{"kind": "force"}', false) $$;
comment on function jalon.force_move(text, text, text, text, jsonb, text) is
'Moves one record outside the transitions: needs the permission force_move and a reason, and is marked in the history.';
grant execute on function jalon.force_move(text, text, text, text, jsonb, text) to jalon_dba;

create or replace function jalon_engine.try_move(
    p_tracked text, p_column text, p_id text, p_target text, p_expected_version integer, p_as_mover boolean
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.moved;
    v_state text;
    v_message text;
    v_detail text;
    v_hint text;
    v_schema text;
    v_column text;
    v_constraint text;
begin
    v := jalon_engine.move(p_tracked => p_tracked, p_column => p_column, p_id => p_id, p_target => p_target,
        p_reason => null, p_expected_from => null, p_expected_version => p_expected_version, p_meta => null,
        p_marks => null, p_as_mover => p_as_mover);
    return jsonb_build_object('old_code', v.old_code, 'new_code', v.new_code, 'version', v.version,
        'has_changed', v.has_changed);
exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint, v_schema = schema_name, v_column = column_name, v_constraint = constraint_name;
    -- What is nobody's fault (a deadlock, a full disk) is not this record's problem: the whole call fails.
    if left(v_state, 2) not in ('JL', '22', '23', 'P0') then
        raise;
    end if;
    return jsonb_build_object('problem', case when v_state like 'JL%' and v_detail like '{%' then v_detail::jsonb
        else '{}' end || jsonb_build_object('code', v_state, 'hint', v_hint)
        || jalon_engine.native_refusal(v_state, v_message, v_schema, v_column, v_constraint));
end
$$;
comment on function jalon_engine.try_move(text, text, text, text, integer, boolean) is
'Moves one record of many on its own; a refusal comes back as JSON.';
grant execute on function jalon_engine.try_move(text, text, text, text, integer, boolean) to jalon_dba;
