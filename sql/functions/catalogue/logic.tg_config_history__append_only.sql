-- The history of configuration is written once. Unlike the history of records there is nobody to erase in it.

create or replace function logic.tg_config_history__append_only()
returns trigger
language plpgsql volatile
set search_path = ''
as $$
begin
    perform logic.fail('JL502', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
    return null;
end
$$;
comment on function logic.tg_config_history__append_only() is 'Refuses UPDATE, DELETE and TRUNCATE of lifecycle.config_history.';
