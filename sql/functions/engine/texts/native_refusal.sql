-- What PostgreSQL itself refuses, in words for people: a constraint's own, or those of the SQLSTATE. Neither the name
-- of a constraint nor PostgreSQL's English is for a reader.

create or replace function jalon_engine.native_refusal(
    p_sqlstate text, p_message text, p_schema text, p_column text, p_constraint text, p_language text default null
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := coalesce(p_language, jalon_engine.language());
    v_text jalon_engine.constraint_text;
    v_field text;
begin
    -- Jalon's words, and those of a customer's function: PostgreSQL names the table of what it refuses itself.
    if p_sqlstate like 'JL%' or p_sqlstate like 'P0%'
        or p_sqlstate like '23%' and coalesce(p_schema, '') = '' then
        return jsonb_build_object('message', p_message);
    end if;
    select c.* into v_text
    from jalon_engine.constraint_text c join jalon_engine.language l on l.code = c.language
    where c.constraint_name = p_constraint
    order by c.language = v_language desc, c.language = split_part(v_language, '-', 1) desc, l.is_default desc,
        l.position
    limit 1;
    v_field := coalesce(v_text.field, jalon_engine.constraint_column(p_schema, p_constraint), nullif(p_column, ''));
    return jsonb_strip_nulls(jsonb_build_object('field', v_field, 'message', (
        select coalesce(v_text.template, jalon_engine.text_of(x.code, jsonb_build_object('field', v_field), v_language))
        from unnest(array['native.' || p_sqlstate, 'native.' || left(p_sqlstate, 2), 'native.other']) with ordinality
            x (code, place)
        where v_text.template is not null or exists (
            select from jalon_engine.display_text d where d.code = x.code)
        order by x.place limit 1)));
end
$$;
comment on function jalon_engine.native_refusal(text, text, text, text, text, text) is
'Words and field of what PostgreSQL refused: {message, field}.';
grant execute on function jalon_engine.native_refusal(text, text, text, text, text, text) to jalon_dba;

create or replace function jalon_engine.constraint_column(p_schema text, p_constraint text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.attname
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_namespace n on n.oid = c.connamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where n.nspname = p_schema and c.conname = p_constraint and cardinality(c.conkey) = 1
    limit 1
$$;
comment on function jalon_engine.constraint_column(text, text) is 'The column of a constraint that is about one.';

create or replace function jalon_api.native_refusal(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(jalon_engine.native_refusal(p_key, p_input ->> 'message', p_input ->> 'schema',
        p_input ->> 'column', p_input ->> 'constraint', p_caller ->> 'language')::json)
$$;
comment on function jalon_api.native_refusal(text, jsonb, jsonb) is
'Words and field of what PostgreSQL refused with a SQLSTATE: {message, schema, column, constraint}.';
