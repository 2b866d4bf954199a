-- Words. Every text comes from jalon_engine.display_text; here it is found, filled and given in the reader's language.

create or replace function jalon_engine.language()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(nullif(current_setting('jalon.language', true), ''),
                    (select l.code from jalon_engine.language l where l.is_default), 'en')
$$;
comment on function jalon_engine.language() is
'Language of the reader: the setting jalon.language, else the default language.';

create or replace function jalon_engine.fill(p_template text, p_params jsonb)
returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text text := p_template;
    v_name text;
    v_value jsonb;
begin
    for v_name, v_value in select e.key, e.value from pg_catalog.jsonb_each(p_params) e loop
        v_text := replace(v_text, '{' || v_name || '}', case jsonb_typeof(v_value)
            when 'array' then coalesce((select string_agg(i.value, ', ') from jsonb_array_elements_text(v_value) i),
                '–')
            when 'null' then ''
            else v_value #>> '{}'
        end);
    end loop;
    return v_text;
end
$$;
comment on function jalon_engine.fill(text, jsonb) is
'A template with its {names} replaced; a list is joined with commas.';

create or replace function jalon_engine.text_of(
    p_code text, p_params jsonb default '{}', p_language text default null, p_part text default 'message'
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.fill(case p_part when 'hint' then m.hint else m.template end, p_params)
    from jalon_engine.display_text m
    join jalon_engine.language l on l.code = m.language
    where m.code = p_code
    order by m.language = coalesce(p_language, jalon_engine.language()) desc,
             m.language = split_part(coalesce(p_language, jalon_engine.language()), '-', 1) desc,
             l.is_default desc, l.position
    limit 1
$$;
comment on function jalon_engine.text_of(text, jsonb, text, text) is
'The text of a code, or its hint, in a language, filled with parameters.';
