-- Several act at once: callers who share a statement (api.together) each move a record of their own. Who acts is then known of each of
-- these records, and of nothing else: whoever asks without naming one of them gets no answer, and all is done one by one.

create or replace function jalon_engine.several_act()
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    return current_setting('jalon.more', true) = '{"each": true}'
        and (pg_has_role(session_user, 'jalon_api', 'member') or pg_has_role(session_user, 'jalon_dba', 'member'));
end
$$;
comment on function jalon_engine.several_act() is 'Whether several act at once. Believed of whom a single name is believed of.';

create or replace function jalon_engine.acting()
returns table (key text, actor text, roles text[], reason text, kind text, meta jsonb, bulk_id uuid, on_behalf_of text, db_role text)
language sql stable
-- Becomes part of the statement that asks; its names are bound when it is made.
begin atomic
    select e.id, e.actor, coalesce(string_to_array(e.roles, ','), '{}'), nullif(btrim(e.reason), ''), 'move', null::jsonb, null::uuid, null::text, session_user::text
    from unnest(current_setting('jalon.each', true)::jalon_engine.asked[]) e;
end;
comment on function jalon_engine.acting() is 'The contexts of those who act at once, each with the key of the record that it is for.';

create or replace function jalon_engine.context_of(p_key text)
returns jalon_engine.context
language plpgsql stable
set search_path = ''
as $$
declare
    v jalon_engine.context;
begin
    if jalon_engine.several_act() then
        select a.actor, a.roles, a.reason, a.kind, a.meta, a.bulk_id, a.on_behalf_of, a.db_role into v from jalon_engine.acting() a where a.key = p_key;
        if found then
            return v;
        end if;
    end if;
    return jalon_engine.context();
end
$$;
comment on function jalon_engine.context_of(text) is 'Who changes the record with this key.';
