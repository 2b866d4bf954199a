-- Payload templates. A text that is one {placeholder} becomes the value itself, of its own type; inside a longer text
-- it becomes words. Filled in one pass: what a value says is never read as a template.

create or replace function jalon_engine.payload_placeholders()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select '{proposition,action,actor,roles,input,reason,status,toStatus,at}'::text[] $$;
comment on function jalon_engine.payload_placeholders() is 'What a placeholder of a payload template may begin with.';

create or replace function jalon_engine.render_payload(p_template jsonb, p_facts jsonb)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_text text := p_template #>> '{}';
begin
    case jsonb_typeof(p_template)
        when 'object' then
            return (select coalesce(jsonb_object_agg(e.key, jalon_engine.render_payload(e.value, p_facts)), '{}')
                from jsonb_each(p_template) e);
        when 'array' then
            return (select coalesce(jsonb_agg(jalon_engine.render_payload(e.value, p_facts) order by e.ordinality),
                '[]')
                    from jsonb_array_elements(p_template) with ordinality e);
        when 'string' then
            if v_text ~ '^\{[A-Za-z0-9_.]+\}$' then
                return coalesce(p_facts #> string_to_array(btrim(v_text, '{}'), '.'), 'null');
            end if;
            return to_jsonb(coalesce((
                select string_agg(case when m.part[1] is null then m.part[2]
                    else coalesce(p_facts #>> string_to_array(m.part[1], '.'), '') end, ''
                    order by m.place)
                from regexp_matches(v_text, '\{([A-Za-z0-9_.]+)\}|([^{]+|\{)', 'g') with ordinality m (part, place)),
                ''));
        else
            return p_template;
    end case;
end
$$;
comment on function jalon_engine.render_payload(jsonb, jsonb) is 'A payload template filled with facts.';

create or replace function jalon_engine.payload_inputs(p_template jsonb)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select m.part[1]
        from regexp_matches(p_template::text, '\{input\.([A-Za-z0-9_.]+)\}', 'g') with ordinality m (part, place)
        group by m.part[1] order by min(m.place))
$$;
comment on function jalon_engine.payload_inputs(jsonb) is
'The names after input. in a payload template: what a person who triggers the action is asked for.';

create or replace function jalon_engine.check_payload(p_template jsonb)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_unknown text;
begin
    if jsonb_typeof(p_template) is distinct from 'object' or length(p_template::text) > 20000 then
        perform jalon_engine.fail('JL405', '{"field": "payload"}', 'JL405.object');
    end if;
    select m.part[1] into v_unknown
    from regexp_matches(p_template::text, '\{([A-Za-z0-9_.]+)\}', 'g') m (part)
    where split_part(m.part[1], '.', 1) <> all (jalon_engine.payload_placeholders()) limit 1;
    if found then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'payload', 'why', format('{%s}', v_unknown),
            'allowed', jalon_engine.payload_placeholders()), 'JL405.choice');
    end if;
end
$$;
comment on function jalon_engine.check_payload(jsonb) is
'Refuses a payload template that is not an object, is too long, or has placeholders that nothing fills.';
