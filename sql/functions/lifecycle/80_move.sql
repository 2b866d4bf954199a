-- The door. It says why and what it believes; the wall behind it judges.

create or replace function jalon.move(
    tracked text, id text, target text, reason text default null, expected_from text default null, expected_version integer default null,
    meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language sql volatile
as $$
    -- Becomes part of the caller's statement; a search_path would keep it apart, and a call costs as much as the lock it takes.
    select jalon_generated.move($1, $8, $2, $3, $4, $5, $6, case when $7 is not null then pg_catalog.jsonb_build_object('meta', $7) end)
$$;
comment on function jalon.move(text, text, text, text, text, integer, jsonb, text) is
'Moves one record to a code, with a reason; refuses where the record is not where the caller believed it to be.';
grant execute on function jalon.move(text, text, text, text, text, integer, jsonb, text) to jalon_dba;

create or replace function jalon.move(
    tracked text, id anyelement, target text, reason text default null, expected_from text default null, expected_version integer default null,
    meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language sql volatile
as $$
    -- As above, and as the caller: the cast to text may be anybody's.
    select jalon_generated.move($1, $8, $2::pg_catalog.text, $3, $4, $5, $6, case when $7 is not null then pg_catalog.jsonb_build_object('meta', $7) end)
$$;
comment on function jalon.move(text, anyelement, text, text, text, integer, jsonb, text) is 'The same for a key that is not text.';
grant execute on function jalon.move(text, anyelement, text, text, text, integer, jsonb, text) to jalon_dba;

create or replace function jalon.force_move(tracked text, id text, target text, reason text, meta jsonb default null, status_column text default null)
returns jalon_engine.moved
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    return jalon_generated.move(force_move.tracked, force_move.status_column, force_move.id, force_move.target, force_move.reason, null, null, jsonb_strip_nulls(jsonb_build_object('kind', 'force', 'meta', force_move.meta)));
end
$$;
comment on function jalon.force_move(text, text, text, text, jsonb, text) is
'Moves one record outside the arrows: needs the permission force_move and a reason, and is flagged for ever.';
grant execute on function jalon.force_move(text, text, text, text, jsonb, text) to jalon_dba;

create or replace function jalon_engine.first_column(p_name text)
returns text
language sql stable security definer
set search_path = ''
as $$ select c.column_name from jalon_engine.tracked_column c where c.tracked = p_name and c.position = 1 $$;
comment on function jalon_engine.first_column(text) is 'The status proper of a tracked table.';

create or replace function jalon_engine.is_key(p_type text, p_id text)
returns boolean
language plpgsql immutable
set search_path = ''
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

create or replace function jalon_engine.demand_key(p_tracked jalon_engine.tracked, p_id text)
returns void
language plpgsql immutable
set search_path = ''
as $$
begin
    if not jalon_engine.is_key(p_tracked.key_type, p_id)
    then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked.name, 'id', p_id));
    end if;
end
$$;
comment on function jalon_engine.demand_key(jalon_engine.tracked, text) is 'Refuses, as an unknown record, what cannot be a key of the table.';
