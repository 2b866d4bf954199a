-- From the name of a tracked table (as registered, or with its schema) to the function that moves its records, without planning a statement for each
-- move: one function with a branch for each table and column, written anew when a table comes or goes.

create or replace function logic.generate_dispatcher()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_branches text;
    v_body text;
begin
    select string_agg(format(e'\n    if p_tracked in (%L, %L, %L) then\n        if not logic.is_key(%L, p_id) then\n'
        '            perform logic.fail(''JL401'', jsonb_build_object(''table'', %L, ''id'', p_id));\n        end if;%s\n    end if;',
        t.name, t.table_schema || '.' || t.table_name, format('%I.%I', t.table_schema, t.table_name), t.key_type, t.name, c.branches), '' order by t.name)
    into v_branches
    from lifecycle.tracked t
    cross join lateral (
        select string_agg(format(e'\n        if %sp_column = %L then\n            return generated.%I(p_id::%s, p_target, p_expected_from, p_expected_version);\n        end if;',
            case c.position when 1 then 'p_column is null or ' else '' end, c.column_name, t.name || '__move_' || c.column_name, t.key_type), '' order by c.position) as branches
        from lifecycle.tracked_column c where c.tracked = t.name
    ) c;
    v_body := logic.weave($body$
begin@branches@
    perform logic.tracked_of(p_tracked);
    perform logic.fail('JL405', jsonb_build_object('field', 'status_column', 'why', format('%s is no status column of %s', p_column, p_tracked)));
    return null;
end
$body$, jsonb_build_object('branches', coalesce(v_branches, '')));
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.proname = 'move' and p.pronamespace = 'generated'::regnamespace) then
        perform logic.generate_row_reader();
        return;
    end if;
    execute format($sql$create or replace function generated.move(
        p_tracked text, p_column text, p_id text, p_target text, p_expected_from text, p_expected_version integer
    ) returns lifecycle.moved language plpgsql volatile set search_path = '' as %L$sql$, v_body);
    comment on function generated.move(text, text, text, text, text, integer) is
    'Generated for every tracked table: finds the function that moves its records.';
    perform logic.generate_row_reader();
end
$$;
comment on function logic.generate_dispatcher() is 'Writes generated.move and generated.row_of anew where tables came or went.';

create or replace function logic.generate_row_reader()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_body text;
begin
    select logic.weave(e'\nbegin@branches@\n    return null;\nend\n', jsonb_build_object('branches', coalesce(string_agg(format(
        e'\n    if p_tracked = %L then\n        return (select to_jsonb(x) from %I.%I x where x.%I = p_id::%s);\n    end if;',
        t.name, t.table_schema, t.table_name, t.key_column, t.key_type), '' order by t.name), '')))
    into v_body
    from lifecycle.tracked t;
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.proname = 'row_of' and p.pronamespace = 'generated'::regnamespace) then
        return;
    end if;
    execute format('create or replace function generated.row_of(p_tracked text, p_id text) returns jsonb language plpgsql volatile set search_path = %L as %L', '', v_body);
    comment on function generated.row_of(text, text) is 'Generated for every tracked table: one row as JSON, by its key.';
end
$$;
comment on function logic.generate_row_reader() is 'Writes generated.row_of anew where tables came or went.';
