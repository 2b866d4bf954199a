-- The one place that raises. A caller branches on the SQLSTATE and on the JSON in DETAIL; the texts are for people.
-- A tracked table may have words of its own: a message called <table>.<code> goes before the general one.

create or replace function jalon_engine.fail(p_sqlstate text, p_params jsonb default '{}', p_message text default null)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_own constant text := (p_params ->> 'table') || '.' || coalesce(p_message, p_sqlstate);
    v_named constant jsonb := jalon_engine.with_role_names(p_params, jalon_engine.language());
    -- The table's own words may say more than is known here; then the general ones are used.
    v_code constant text := case when exists (select from jalon_engine.display_text m where m.code = v_own)
        and not exists (
            select from jalon_engine.display_text m, regexp_matches(m.template, '\{(\w+)\}', 'g') p (names)
            where m.code = v_own and not v_named ? p.names[1]) then v_own
        else coalesce(p_message, p_sqlstate) end;
    v_text constant text := coalesce(jalon_engine.text_of(v_code, v_named),
        jalon_engine.text_of(p_sqlstate, v_named), p_params ->> 'message', p_sqlstate);
    v_hint constant text := nullif(jalon_engine.text_of(v_code, v_named, p_part => 'hint'), '');
    v_detail constant text := (p_params || jsonb_build_object('code', p_sqlstate))::text;
begin
    -- RAISE takes no null, and psql shows an empty hint as a line of its own.
    if v_hint is null then
        raise exception using errcode = p_sqlstate, message = v_text, detail = v_detail;
    end if;
    raise exception using errcode = p_sqlstate, message = v_text, detail = v_detail, hint = v_hint;
end
$$;
grant execute on function jalon_engine.fail(text, jsonb, text) to jalon_dba, jalon_app;
comment on function jalon_engine.fail(text, jsonb, text) is 'Raises a registered SQLSTATE: message and hint from '
'jalon_engine.display_text (the table''s own before the general one), DETAIL the parameters as JSON.';
