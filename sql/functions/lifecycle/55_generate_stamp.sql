-- The stamp, before each row: the key stays, version and time follow the status, who changed it.

create or replace function jalon_engine.is_importing()
returns boolean
language sql stable security definer
set search_path = ''
as $$ select (jalon_engine.context()).kind in ('import', 'backfill') $$;
comment on function jalon_engine.is_importing() is 'Whether the running change carries the time at which it happened elsewhere.';

create or replace function jalon_engine.fixed_columns(p_tracked jalon_engine.tracked)
returns table (column_name text)
language sql stable
set search_path = ''
as $$
    select p_tracked.key_column
    union
    select a.attname from pg_catalog.pg_partitioned_table p
    join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = any (p.partattrs::smallint[])
    where p.partrelid = to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name))
$$;
comment on function jalon_engine.fixed_columns(jalon_engine.tracked) is 'Columns of a tracked row that never change: the key, and the partition key where there is one.';

create or replace function jalon_engine.others_stamp(p_table regclass)
returns boolean
language sql stable
set search_path = ''
as $$
    -- tgtype: row 1, before 2, update 16. Disabled ones count, since enabling them is seen by nobody.
    select exists (select from pg_catalog.pg_trigger g join pg_catalog.pg_proc f on f.oid = g.tgfoid
        where g.tgrelid = p_table and not g.tgisinternal and g.tgtype & 19 = 19
          and f.pronamespace <> 'jalon_generated'::regnamespace)
$$;
comment on function jalon_engine.others_stamp(regclass) is 'Whether other triggers may alter rows of a table before they are updated.';

create or replace function jalon_engine.stamp_columns(p_tracked jalon_engine.tracked)
returns text[]
language sql stable
set search_path = ''
as $$
    -- Where nothing else alters rows, a status can only change in a statement that names it, and all other statements pass for nothing.
    select case when jalon_engine.others_stamp(to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name))) then '{}' else array(
        select f.column_name from jalon_engine.fixed_columns(p_tracked) f
        union select c.column_name from jalon_engine.tracked_column c where c.tracked = p_tracked.name
        union select p_tracked.workflow_column where p_tracked.workflow_column is not null
        union values ('status_version'), ('status_changed_at')
        order by 1) end
$$;
comment on function jalon_engine.stamp_columns(jalon_engine.tracked) is 'Columns before whose updates the stamp fires; none: before every update, since other triggers may alter rows.';

create or replace function jalon_engine.actor_as(p_type anyelement, p_key text)
returns anyelement
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v_actor text := (jalon_engine.context_of(p_key)).actor;
    v_value p_type%type;
begin
    v_value := v_actor;  -- what RETURN would cast, it would cast outside of this block
    return v_value;
exception when invalid_text_representation then
    return null;
end
$$;
comment on function jalon_engine.actor_as(anyelement, text) is 'The actor of a change in the type of the column that is stamped with it; empty where it does not fit.';

create or replace function jalon_engine.stamp_body(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    -- Fires last of all BEFORE triggers (its name begins with a tilde), so that it sees the row as it will be stored.
    select jalon_engine.weave(case when p_creates then $body$
begin
    new.status_version := 1;
    if new.status_changed_at is null or nullif(current_setting('jalon.more', true), '') is null or not jalon_engine.is_importing() then
        new.status_changed_at := clock_timestamp();
    end if;@by@
    return new;
end$body$ else $body$
begin
    -- The usual change first, in one expression: each is made ready anew in each transaction.
    if @changed@ and not (@fixed_changed@) and new.status_changed_at is not distinct from old.status_changed_at then
        new.status_version := old.status_version + 1;
        new.status_changed_at := greatest(clock_timestamp(), old.status_changed_at);@by@
        return new;
    end if;
    @fixed@if @changed@ then
        new.status_version := old.status_version + 1;
        if not jalon_engine.is_importing() then
            new.status_changed_at := greatest(clock_timestamp(), old.status_changed_at);
        end if;@by@
    else
        new.status_version := old.status_version;
        new.status_changed_at := old.status_changed_at;
    end if;
    return new;
end$body$ end, jsonb_build_object(
        'fixed', (select string_agg(format($f$if %4$s then
        perform jalon_engine.fail('JL501', jsonb_build_object('table', %2$L, 'column', %1$L, 'id', old.%3$s));
    end if;
    $f$, f.column_name, p_tracked.name, jalon_engine.quoted(p_tracked.key_column), jalon_engine.differs(f.column_name, 'new', 'old')), '' order by f.column_name) from jalon_engine.fixed_columns(p_tracked) f),
        'fixed_changed', (select string_agg(jalon_engine.differs(f.column_name, 'new', 'old'), ' or ' order by f.column_name) from jalon_engine.fixed_columns(p_tracked) f),
        'changed', jalon_engine.any_differs(p_tracked, 'new', 'old'),
        'by', case when p_tracked.changed_by_column is null then '' else format(e'\n        new.%1$s := jalon_engine.actor_as(new.%1$s, new.%2$s::text);', jalon_engine.quoted(p_tracked.changed_by_column), jalon_engine.quoted(p_tracked.key_column)) end))
$$;
comment on function jalon_engine.stamp_body(jalon_engine.tracked, boolean) is 'Body of the trigger functions that stamp version and time, and keep the key.';
