-- One row of any tracked table, without planning a statement for each.

create or replace function jalon_engine.generate_row_reader()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_body text;
begin
    select jalon_engine.weave(e'\nbegin@branches@\n    return null;\nend\n', jsonb_build_object('branches', coalesce(string_agg(format(
        e'\n    if p_tracked = %L then\n        return (select to_jsonb(x) from %I.%I x where x.%I = p_id::%s);\n    end if;',
        t.name, t.table_schema, t.table_name, t.key_column, t.key_type), '' order by t.name), '')))
    into v_body
    from jalon_engine.tracked t;
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.proname = 'row_of' and p.pronamespace = 'jalon_generated'::regnamespace) then
        return;
    end if;
    execute format('create or replace function jalon_generated.row_of(p_tracked text, p_id text) returns jsonb language plpgsql volatile set search_path = %L as %L', '', v_body);
    comment on function jalon_generated.row_of(text, text) is 'Generated for every tracked table: one row as JSON, by its key.';
end
$$;
comment on function jalon_engine.generate_row_reader() is 'Writes jalon_generated.row_of anew where tables came or went.';
