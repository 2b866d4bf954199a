-- The inputs of an action: declared with a type, shown to who triggers it, and checked when they come in.

create or replace function jalon_engine.input_types()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select '{text,number,boolean,date,choice}'::text[] $$;
comment on function jalon_engine.input_types() is 'The types that an input of an action can have.';

create or replace function jalon_engine.check_inputs(p_inputs jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_one jsonb;
begin
    if jsonb_typeof(p_inputs) is distinct from 'object' or length(p_inputs::text) > 20000 then
        perform jalon_engine.fail('JL405', '{"field": "inputs"}', 'JL405.object');
    end if;
    for v_name, v_one in select e.key, e.value from jsonb_each(p_inputs) e loop
        if v_name !~ '^[A-Za-z0-9_]+$' or jsonb_typeof(v_one) <> 'object' then
            perform jalon_engine.fail('JL405', jsonb_build_object('field', 'inputs.' || v_name), 'JL405.member');
        elsif not coalesce(v_one ->> 'type', 'text') = any (jalon_engine.input_types()) then
            perform jalon_engine.fail('JL405', jsonb_build_object('field', format('inputs.%s.type', v_name),
                'why', v_one ->> 'type', 'allowed', jalon_engine.input_types()), 'JL405.choice');
        elsif v_one ->> 'type' = 'choice'
            and (jsonb_typeof(v_one -> 'choices') is distinct from 'array' or v_one -> 'choices' = '[]') then
            perform jalon_engine.fail('JL405', jsonb_build_object('field', format('inputs.%s.choices', v_name)),
                'JL405.list');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_inputs(jsonb) is
'Refuses declared inputs of an unknown type, or a choice without choices.';

create or replace function jalon_engine.is_of_type(p_value jsonb, p_input jsonb)
returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case coalesce(p_input ->> 'type', 'text')
        when 'number' then jsonb_typeof(p_value) = 'number'
        when 'boolean' then jsonb_typeof(p_value) = 'boolean'
        when 'choice' then coalesce(p_input -> 'choices' @> p_value, false) and jsonb_typeof(p_value) = 'string'
        when 'date' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^\d{4}-\d\d-\d\d$'
            and (p_value #>> '{}')::date is not null
        else jsonb_typeof(p_value) = 'string'
    end;
exception
    when datetime_field_overflow or invalid_datetime_format then
        return false;
end
$$;
comment on function jalon_engine.is_of_type(jsonb, jsonb) is 'Whether a value is what a declared input takes.';

create or replace function jalon_engine.check_input(p_inputs jsonb, p_given jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_one jsonb;
    v_value jsonb;
    v_facts jsonb;
begin
    for v_name, v_one in select e.key, e.value from jsonb_each(p_inputs) e order by e.key loop
        v_value := p_given -> v_name;
        v_facts := jsonb_build_object('field', 'input.' || v_name, 'label', coalesce(v_one ->> 'label', v_name));
        if v_value is null or v_value = 'null' or v_value = '""' then
            if (v_one ->> 'required')::boolean then
                perform jalon_engine.fail('JL405', v_facts || '{"why": "required"}', 'proposition.input_missing');
            end if;
        elsif not jalon_engine.is_of_type(v_value, v_one) then
            perform jalon_engine.fail('JL405', v_facts
                || jsonb_build_object('why', v_one ->> 'type', 'given', v_value #>> '{}',
                    'type', jalon_engine.text_of('proposition.type.' || coalesce(v_one ->> 'type', 'text'), v_one)),
                'proposition.input_type');
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_input(jsonb, jsonb) is
'Refuses an input that is missing though required, or is not of its declared type.';

create or replace function jalon_engine.action_inputs(p_action jalon_propositions.proposition_custom_actions)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Those of the payload in its order, then what is declared besides.
    select coalesce(json_agg(json_build_object('name', i.name,
        'type', coalesce(p_action.inputs #>> array[i.name, 'type'], 'text'),
        'label', coalesce(p_action.inputs #>> array[i.name, 'label'], i.name),
        'required', coalesce((p_action.inputs #>> array[i.name, 'required'])::boolean, false),
        'choices', coalesce(p_action.inputs #> array[i.name, 'choices'], '[]')) order by i.place, i.name), '[]')
    from (
        select n.name, min(n.place) as place
        from (
            select p.name, p.place
            from unnest(jalon_engine.payload_inputs(p_action.payload)) with ordinality p (name, place)
            union all
            select k.name, 1000 from jsonb_object_keys(p_action.inputs) k (name)
        ) n
        group by n.name
    ) i
$$;
comment on function jalon_engine.action_inputs(jalon_propositions.proposition_custom_actions) is
'What a person who triggers an action is asked for, with type and label.';
