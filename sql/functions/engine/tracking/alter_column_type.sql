-- A column of a tracked table gets another type. PostgreSQL refuses that while a trigger's condition names the column,
-- so the triggers are taken off and put on again, in one transaction that keeps everybody else out of the table.

create or replace function jalon.alter_column_type(tracked text, column_name text, new_type text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.table_to_alter(alter_column_type.tracked, current_user);
begin
    if to_regtype(alter_column_type.new_type) is null then  -- and nothing but a type
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text,
            'column', alter_column_type.column_name, 'type', alter_column_type.new_type), 'JL504.type');
    end if;
    -- 1. As the caller, who may alter the table.
    execute format('lock table %s in access exclusive mode', v_table);
    perform jalon_engine.drop_triggers(v_table);
    execute format('alter table %s alter column %I type %s', v_table, alter_column_type.column_name,
        alter_column_type.new_type);
    -- 2. As jalon_owner and jalon_historian: registry, history, functions and views follow.
    perform jalon_engine.register_alteration(alter_column_type.tracked);
    perform jalon_history.generate(v_table);
    -- 3. As the caller.
    perform jalon_engine.create_triggers(v_table);
end
$$;
comment on function jalon.alter_column_type(text, text, text) is
'Gives a column of a tracked table another type, the status column too: '
'jalon.alter_column_type(''orders'', ''status'', ''varchar(300)''). Its rules and its history go on.';
grant execute on function jalon.alter_column_type(text, text, text) to jalon_dba;

create or replace function jalon_engine.register_alteration(p_tracked text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    perform jalon_engine.require_no_triggers(t.name);
    -- What the table has become must be what can be tracked.
    t.key_type := (jalon_engine.describe_table(jalon_engine.table_of(t), jalon_engine.options_of(t))).key_type;
    update jalon_engine.tracked x set key_type = t.key_type where x.name = t.name and x.key_type <> t.key_type;
end
$$;
comment on function jalon_engine.register_alteration(text) is
'The registry follows a table whose columns got other types; refuses if it could not be tracked as it is now.';
grant execute on function jalon_engine.register_alteration(text) to jalon_dba;

create or replace function jalon_engine.options_of(p_tracked jalon_engine.tracked)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select to_jsonb(p_tracked) || jsonb_build_object('foreign_key', p_tracked.has_foreign_key, 'columns',
        jsonb_object_agg(c.column_name, c.category))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.options_of(jalon_engine.tracked) is
'The options of jalon.track under which a table is tracked.';

create or replace function jalon_engine.table_to_alter(p_tracked text, p_caller name)
returns regclass
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.tracked_table(p_tracked);
begin
    if v_table is null then
        perform jalon_engine.fail('JL404', jsonb_build_object('table', p_tracked, 'allowed',
            (select coalesce(jsonb_agg(t.name order by t.name), '[]') from jalon_engine.tracked t)));
    end if;
    perform jalon_engine.require_table_owner(v_table, p_caller);
    return v_table;
end
$$;
comment on function jalon_engine.table_to_alter(text, name) is
'The table that is tracked under a name, if the caller may alter it.';
grant execute on function jalon_engine.table_to_alter(text, name) to jalon_dba;

create or replace function jalon_engine.require_table_owner(p_table regclass, p_caller name)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_owner constant name := (select pg_get_userbyid(c.relowner) from pg_catalog.pg_class c where c.oid = p_table);
begin
    -- PostgreSQL asks the same, in words that say neither of whom nor what to do.
    if not pg_has_role(p_caller, v_owner, 'usage') then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', p_table::text, 'owner', v_owner,
            'caller', p_caller, 'quoted_owner', quote_ident(v_owner), 'quoted_caller', quote_ident(p_caller)),
            'JL504.owner');
    end if;
end
$$;
comment on function jalon_engine.require_table_owner(regclass, name) is
'Refuses roles that may not alter a table, and says which may.';
grant execute on function jalon_engine.require_table_owner(regclass, name) to jalon_dba;
