-- Who may see a record through the endpoints for any table: asked of one row, of a whole table,
-- and as a condition on many rows.

create or replace function jalon_engine.can_read_record(
    p_tracked jalon_engine.tracked, p_caller jsonb, p_roles text[], p_row jsonb
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Who may read all of the table, and who stands in a relation to the record or has a role for it.
    select jalon_engine.may('read_all', p_roles, p_tracked.name, p_row ->> jalon_engine.first_column(p_tracked.name))
        or cardinality(jalon_engine.roles_for_record(p_tracked, p_caller ->> 'actor', p_roles,
            p_row)) > cardinality(p_roles)
$$;
comment on function jalon_engine.can_read_record(jalon_engine.tracked, jsonb, text[], jsonb) is
'Whether a caller may see a record through the endpoints for any table.';

create or replace function jalon_engine.readable_codes(p_tracked jalon_engine.tracked, p_roles text[])
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- '*' stands for a record without a code.
    select array(
        select c.code from (
            select f.code from jalon_engine.referential f
            join jalon_engine.tracked_column k on k.category = f.category and k.tracked = p_tracked.name
                and k.column_name = jalon_engine.first_column(p_tracked.name)
            union all select '*') c
        where jalon_engine.may('read_all', p_roles, p_tracked.name, c.code))
$$;
comment on function jalon_engine.readable_codes(jalon_engine.tracked, text[]) is
'The codes on which these roles read every record of a tracked table.';

create or replace function jalon_engine.visible_rows_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What jalon_engine.can_read_record says of one row, for many rows x. Of the array $1: 7 the actor, 8 the readable
    -- codes, 9 the keys for which the resolver gives roles.
    select format('coalesce(%s, ''*'') = any (($1)[8]::text[])',
        jalon_engine.text_sql(p_tracked, jalon_engine.first_column(p_tracked.name), 'x'))
        || coalesce((select string_agg(format(' or %s = ($1)[7]', jalon_engine.text_sql(p_tracked, e.value, 'x')),
            '' order by e.key) from jsonb_each_text(p_tracked.relations) e), '')
        || case when p_tracked.resolver is null then ''
            else format(' or x.%I = any (($1)[9]::%s[])', p_tracked.key_column, p_tracked.key_type) end
$$;
comment on function jalon_engine.visible_rows_sql(jalon_engine.tracked) is
'SQL of whether a caller who does not read everything may see a row x.';

create or replace function jalon_engine.visible_rows_values(
    p_tracked jalon_engine.tracked, p_caller jsonb, p_roles text[]
)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array_fill(null::text, array[6])
        || array[p_caller ->> 'actor', jalon_engine.readable_codes(p_tracked, p_roles)::text,
            jalon_engine.resolved_keys(p_tracked, p_caller ->> 'actor')::text]
$$;
comment on function jalon_engine.visible_rows_values(jalon_engine.tracked, jsonb, text[]) is
'The values that jalon_engine.visible_rows_sql asks for, 7 to 9; the first six are those of the reader.';

create or replace function jalon_engine.asks_each_row(p_tracked jalon_engine.tracked)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A resolver may have a companion <resolver>_keys(actor) that says for which records it gives roles.
    select p_tracked.resolver is not null
        and jalon_engine.uncallable_because(to_regprocedure(p_tracked.resolver || '_keys(text)')) is not null
$$;
comment on function jalon_engine.asks_each_row(jalon_engine.tracked) is
'Whether a table''s resolver can only be asked row by row.';

create or replace function jalon_engine.resolved_keys(p_tracked jalon_engine.tracked, p_actor text)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_keys text[];
begin
    if p_tracked.resolver is null or jalon_engine.asks_each_row(p_tracked) then
        return null;
    end if;
    execute format('select array(select k::text from %s_keys($1) k)', p_tracked.resolver) into v_keys using p_actor;
    return v_keys;
end
$$;
comment on function jalon_engine.resolved_keys(jalon_engine.tracked, text) is
'The keys of the records for which a table''s resolver gives an actor roles.';

create or replace function jalon_engine.can_read_all(p_tracked text, p_caller jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_denied boolean;
    v_is_allowed boolean;
    v_is_name boolean;
begin
    -- Every move and every reader asks this: by the token's roles first, by granted ones only where those do not
    -- suffice. Where anything of the table is denied to anybody, rows are asked one by one.
    select bool_or(not r.is_allowed), bool_or(r.status = '*' and (r.role = 'any' or p_caller -> 'roles' ? r.role)),
        exists (select from jalon_engine.tracked t where t.name = p_tracked)
    into v_is_denied, v_is_allowed, v_is_name
    from jalon_engine.permission_rule r
    where r.permission = 'read_all' and (r.scope = p_tracked or r.scope = '*');
    if not v_is_name then
        return jalon_engine.can_read_all((jalon_engine.tracked_of(p_tracked)).name, p_caller);
    end if;
    if v_is_denied or v_is_allowed then
        return not v_is_denied;
    end if;
    return exists (
        select from jalon_engine.permission_rule r
        join jalon_engine.role_grant g on g.role = r.role
        where r.permission = 'read_all' and r.status = '*' and r.scope in (p_tracked, '*')
            and g.principal = p_caller ->> 'actor'
          and jalon_engine.is_in_force(g.revoked_at, g.valid_until)
          and jalon_engine.grants_count());
end
$$;
comment on function jalon_engine.can_read_all(text, jsonb) is
'Whether a caller surely reads every record of a tracked table, so that rows need not be asked.';
