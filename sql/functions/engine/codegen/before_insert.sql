-- A new row gets its version and time.

create or replace function jalon_engine.before_insert_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
-- Fires last of all BEFORE triggers, so that it sees the row as it will be stored.
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. A record begins at version 1, now. Only an import says when it began.
    new.status_version := 1;
    if new.status_changed_at is null
        or not (new.status_changed_at < statement_timestamp() and jalon_engine.is_importing()) then
        new.status_changed_at := greatest(clock_timestamp(), statement_timestamp());
    end if;{changed_by}
    return new;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name),
        'in_place', jalon_engine.in_place_sql(p_tracked, '~jalon_before_insert', 'BEFORE', 'ROW', 'INSERT'),
        'changed_by', jalon_engine.changed_by_sql(p_tracked)))
$$;
comment on function jalon_engine.before_insert_body(jalon_engine.tracked) is
'Body of the trigger function that gives a new row its version and time.';

create or replace function jalon_engine.changed_by_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_tracked.changed_by_column is null then ''
        else format(e'\n    new.%1$s := jalon_engine.actor_as(new.%1$s);',
            jalon_engine.quoted(p_tracked.changed_by_column)) end
$$;
comment on function jalon_engine.changed_by_sql(jalon_engine.tracked) is
'PL/pgSQL that writes the actor into the column of the table that was declared for it.';
