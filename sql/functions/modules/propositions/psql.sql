-- For people in psql, after select jalon.act_as('anna').

create or replace function jalon.trigger_custom_action(
    proposition uuid, action text, input jsonb default '{}', reason text default null, idempotency_key text default null
)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
begin
    select x.* into p from jalon_propositions.proposition x
    where x.id = trigger_custom_action.proposition for no key update;
    if not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'proposition', 'id', trigger_custom_action.proposition));
    end if;
    return (jalon_engine.trigger_custom_action(p, trigger_custom_action.action, trigger_custom_action.input,
        trigger_custom_action.reason, trigger_custom_action.idempotency_key)).payload;
end
$$;
comment on function jalon.trigger_custom_action(uuid, text, jsonb, text, text)
is 'Triggers a custom action, by id or code, and returns its payload. A refusal is an error here, and leaves no trace.';
grant execute on function jalon.trigger_custom_action(uuid, text, jsonb, text, text) to jalon_dba;
