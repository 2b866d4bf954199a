-- Moves that share a statement, as far as they are plain, by one statement: what each asks for is read here, what he gets to hear is
-- what the endpoint itself says.

create or replace function jalon_engine.asked_at_once(p_table text, p_target text, p_calls jsonb)
returns jalon_engine.asked[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
    -- Keys that happen once, marks, and whatever has to be looked at more closely are for one by one. Callers mostly share their roles, and
    -- that these read every record is remembered (jalon_engine.reads_all).
    return (select array_agg((u.place, u.id, u.input ->> p_target, u.input ->> 'expectedFrom', (u.input ->> 'expectedVersion')::integer,
        btrim(u.caller ->> 'ifMatch'), u.caller ->> 'actor', u.roles, u.input ->> 'reason')::jalon_engine.asked)
    from (
        select distinct on (c.id) c.*, r.roles
        from (
            select e.ordinality - 1 as place, e.value ->> 0 as id, e.value -> 1 as input, e.value -> 2 as caller, e.value #> '{2,roles}' as roles_given
            from jsonb_array_elements(p_calls) with ordinality e offset 0
        ) c
        cross join lateral (select case coalesce(jsonb_array_length(c.roles_given), 0) when 0 then '' when 1 then c.roles_given ->> 0
            else (select string_agg(g.value, ',') from jsonb_array_elements_text(c.roles_given) g) end as roles offset 0) r
        where not c.caller ?| '{idempotencyKey,dryRun}' and not c.input ?| '{column,meta,force,onBehalfOf}'
          and jsonb_typeof(c.input -> p_target) = 'string' and (c.input ->> 'table' = p_table or not c.input ? 'table')
          and c.caller ->> 'actor' <> '' and (not c.caller ? 'ifMatch' or c.caller ->> 'ifMatch' ~ '^\s*"[^"]*"\s*$')
          and cardinality(string_to_array(r.roles, ',')) = coalesce(jsonb_array_length(c.roles_given), 0)  -- none has a comma in its name
          and (p_table || ' ' || (c.caller ->> 'roles') = current_setting('jalon.reads_all', true) or jalon_engine.reads_all(p_table, c.caller))
        order by c.id, c.place
    ) u);
end
$$;
comment on function jalon_engine.asked_at_once(text, text, jsonb) is 'What calls ask for that can be done at once: of callers who read every record, with the code under this member of their input.';

create or replace function jalon_engine.answered_at_once(p_function text, p_calls jsonb)
returns jalon_engine.answered
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v jalon_engine.answered;
begin
    if coalesce(current_setting('jalon.more', true), '') <> '' then
        return null;
    end if;
    case p_function
        when 'move_record' then
            select array_agg(m.place), array_agg(jalon_engine.told_moved(m.moved, e.etag)) into v
            from jalon_generated.move_at_once(p_calls #>> '{0,1,table}', jalon_engine.asked_at_once(p_calls #>> '{0,1,table}', 'to', p_calls)) m
            cross join lateral (select jalon_engine.etag((m.moved).id, (m.moved).version) as etag offset 0) e;
        when 'roadshow_status' then
            select array_agg(m.place), array_agg(jalon_engine.told_counterparty_moved(m.moved)) into v
            from jalon_generated.move_at_once('roadshow_counterparty', jalon_engine.asked_at_once('roadshow_counterparty', 'newStatus', p_calls)) m;
        else null;
    end case;
    return v;
end
$$;
comment on function jalon_engine.answered_at_once(text, jsonb) is 'Makes those of several calls at once that can be, and answers them, each at its place; the others are left.';
