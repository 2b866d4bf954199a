-- The one place that raises. A caller branches on the SQLSTATE and on the JSON in DETAIL; the texts are for people.

create or replace function logic.fail(p_sqlstate text, p_params jsonb default '{}', p_message text default null)
returns void
language plpgsql stable
set search_path = ''
as $$
declare
    v_text text := coalesce(logic.say(coalesce(p_message, p_sqlstate), p_params), logic.say(p_sqlstate, p_params), p_sqlstate);
    v_hint text := coalesce(logic.say(coalesce(p_message, p_sqlstate), p_params, p_part => 'hint'), '');
begin
    raise exception using
        errcode = p_sqlstate,
        message = v_text,
        detail = (p_params || jsonb_build_object('code', p_sqlstate))::text,
        hint = v_hint;
end
$$;
comment on function logic.fail(text, jsonb, text) is 'Raises a registered SQLSTATE: message and hint from lifecycle.message, DETAIL the parameters as JSON.';
