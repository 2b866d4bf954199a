-- Configuration has a history too: who changed which row, when, from what to what.

create or replace function jalon_engine.tg__remember()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_context jalon_engine.context := jalon_engine.context();
    v_before jsonb;
    v_after jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        v_before := to_jsonb(old);
    end if;
    if tg_op in ('UPDATE', 'INSERT') then
        v_after := to_jsonb(new);
    end if;
    if v_before is distinct from v_after then
        insert into jalon_engine.config_history (table_name, operation, key, before, after, changed_by, db_role, reason,
            transaction_id)
        values (
            tg_table_name, tg_op,
            (select jsonb_object_agg(k, coalesce(v_after, v_before) -> k) from unnest(tg_argv) k),
            v_before, v_after, v_context.actor, v_context.db_role, v_context.reason, pg_current_xact_id()
        );
    end if;
    return null;
end
$$;
comment on function jalon_engine.tg__remember() is
'Writes jalon_engine.config_history; its arguments are the key columns of the table.';

create or replace function jalon_engine.tg__no_truncate()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.fail('JL503', jsonb_build_object('table', tg_table_name, 'operation', tg_op),
        'JL503.configuration');
    return null;
end
$$;
comment on function jalon_engine.tg__no_truncate() is
'Refuses TRUNCATE of configuration: it would pass by its history.';
