-- The history of configuration is written once. Unlike the history of records there is nobody to erase in it.

create or replace function jalon_engine.tg_config_history__append_only()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.fail('JL502', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
    return null;
end
$$;
comment on function jalon_engine.tg_config_history__append_only() is
'Refuses UPDATE, DELETE and TRUNCATE of jalon_engine.config_history.';
