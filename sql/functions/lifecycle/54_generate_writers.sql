-- The trigger functions of one tracked table. Statement mode: an AFTER STATEMENT trigger with transition tables.
-- One changed row takes a static plan; the one-time filter on count(*) keeps that plan from ever touching many rows
-- (a plan cached from one row would nest loops over them); many rows go through EXECUTE and are planned afresh.

create or replace function logic.generate_function(p_name text, p_function text, p_body text, p_comment text)
returns void
language plpgsql volatile
set search_path = ''
as $$
begin
    execute format($sql$create or replace function generated.%I() returns trigger language plpgsql volatile security definer
set search_path = '' as %L$sql$, p_function, p_body);
    execute format('comment on function generated.%I() is %L', p_function, format('Generated for %s: %s', p_name, p_comment));
end
$$;
comment on function logic.generate_function(text, text, text, text) is 'Creates or replaces one trigger function of schema generated.';

create or replace function logic.writer_body(p_tracked lifecycle.tracked, p_creates boolean)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    v_key text := quote_ident(p_tracked.key_column);
begin
    if p_tracked.mode = 'row' then
        return logic.weave($body$
declare
    v lifecycle.context := logic.context();
begin
    @record@;
    return null;
end$body$, jsonb_build_object('record', logic.recorder(p_tracked, 'v', p_creates,
            case when p_creates then '(select new.*) n' else '(select new.*) n cross join (select old.*) o' end)));
    end if;
    return logic.weave($body$
declare
    v lifecycle.context := logic.context();
begin
    @one@;
    if not found and (select count(*) from new_rows) > 1 then
        execute @many@ using v;
    end if;
    return null;
end$body$, jsonb_build_object(
        'one', logic.recorder(p_tracked, 'v', p_creates, case when p_creates then 'new_rows n' else 'new_rows n cross join old_rows o' end,
            '(select count(*) from new_rows) = 1'),
        'many', quote_literal(logic.recorder(p_tracked, '($1)', p_creates, case when p_creates then 'new_rows n'
               else format('new_rows n join old_rows o on n.%1$s = o.%1$s and n.status_version in (o.status_version, o.status_version + 1)', v_key) end))));
end
$$;
comment on function logic.writer_body(lifecycle.tracked, boolean) is 'Body of the trigger function that judges and records insertions or updates.';
