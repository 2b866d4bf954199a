-- What was learned, as a document of rules: the codes in the order in which records meet them, transitions that are no
-- exceptions, beginnings and ends as they were seen.

create or replace function jalon_engine.label_of(p_code text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select upper(left(w.words, 1)) || lower(substr(w.words, 2))
    from (select btrim(regexp_replace(p_code, '[_\s]+', ' ', 'g')) as words) w
$$;
comment on function jalon_engine.label_of(text) is 'A first label for a code: its words.';

create or replace function jalon_engine.observed_transitions(p_log jsonb, p_rare integer)
returns table (old text, new text, count bigint, first timestamptz, last timestamptz, people bigint, is_rare boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with seen as (
        select t.* from jsonb_to_recordset(p_log -> 'transitions')
            t (old text, new text, count bigint, first timestamptz, last timestamptz, people bigint)),
    -- What was seen seldom is no exception if nothing else leads to a code or from it.
    common as (select c.code from seen s cross join lateral (values (s.old), (s.new)) c (code) where s.count >= p_rare)
    select s.*, s.count < p_rare and s.old in (select c.code from common c) and s.new in (select c.code from common c)
    from seen s
$$;
comment on function jalon_engine.observed_transitions(jsonb, integer) is
'Transitions of a log; rare are those that were seen less often, between codes that others connect.';

create or replace function jalon_engine.learned_codes(p_rows jsonb, p_log jsonb, p_rare integer)
returns table (code text, step numeric, records bigint, begins bigint, ends bigint, leaves bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(r.code, l.code), coalesce(l.step, 1000000), coalesce(r.records, 0), coalesce(l.begins, 0),
        coalesce(l.ends, 0), (select count(*) from jalon_engine.observed_transitions(p_log, p_rare) t
            where t.old = coalesce(r.code, l.code) and not t.is_rare)
    from jsonb_to_recordset(p_rows) r (code text, records bigint)
    full join jsonb_to_recordset(p_log -> 'codes') l (code text, begins bigint, ends bigint, step numeric)
        on l.code = r.code
    where coalesce(r.code, l.code) ~ '\S'
    order by 2, 3 desc, 1
$$;
comment on function jalon_engine.learned_codes(jsonb, jsonb, integer) is
'Each code that rows or a log name: how many stand there, begin and end there, and how many transitions leave it.';

create or replace function jalon_engine.learned_transitions(p_log jsonb, p_rare integer, p_are_rare boolean)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('rule', jsonb_build_object('from', t.old, 'to', t.new,
            'roles', array['any']), 'note', jalon_engine.text_of('learn.seen', jsonb_build_object('count', t.count,
            'first', to_char(t.first at time zone 'UTC', 'YYYY-MM-DD'),
            'last', to_char(t.last at time zone 'UTC', 'YYYY-MM-DD'), 'people', t.people)))
        order by t.count desc, t.old, t.new), '[]')
    from jalon_engine.observed_transitions(p_log, p_rare) t where t.is_rare = p_are_rare
$$;
comment on function jalon_engine.learned_transitions(jsonb, integer, boolean) is
'Transitions that were seen, each with a note on how often; the rare ones, or all others.';

create or replace function jalon_engine.learned_notes(
    p_rows jsonb, p_log jsonb, p_transitions jsonb, p_rare integer
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('path', n.path, 'text', n.note)), '[]') from (
        select array['codes', (c.place - 1)::text] as path, jalon_engine.text_of(case
            when c.begins > 0 and c.leaves = 0 and c.ends > 0 then 'learn.code_both'
            when c.begins > 0 then 'learn.code_initial'
            when c.leaves = 0 and c.ends > 0 then 'learn.code_final' else 'learn.code' end,
            jsonb_build_object('records', c.records, 'begins', c.begins, 'ends', c.ends)) as note
        from jalon_engine.learned_codes(p_rows, p_log, p_rare)
            with ordinality c (code, step, records, begins, ends, leaves, place)
        union all
        select array['workflows', '0', 'transitions', (t.place - 1)::text], t.value ->> 'note'
        from jsonb_array_elements(p_transitions) with ordinality t (value, place)) n
$$;
comment on function jalon_engine.learned_notes(jsonb, jsonb, jsonb, integer) is
'Comments for a learned document, each with the place that it is about.';

create or replace function jalon_engine.learned_warnings(p_rows jsonb, p_log jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(w.warning), '[]') from (
        select jalon_engine.text_of('learn.empty', jsonb_build_object('records', sum(r.records))) as warning
        from jsonb_to_recordset(p_rows) r (code text, records bigint)
        where coalesce(r.code, '') !~ '\S' having count(*) > 0
        union all
        select jalon_engine.text_of('learn.long', jsonb_build_object('name', left(r.code, 40)))
        from jsonb_to_recordset(p_rows) r (code text) where length(r.code) > 100
        union all
        select jalon_engine.text_of('learn.unused', jsonb_build_object('name', r.code))
        from jsonb_to_recordset(p_rows) r (code text)
        where r.code ~ '\S' and p_log is not null and not exists (
            select from jalon_engine.observed_transitions(p_log, 1) t where r.code in (t.old, t.new))
        union all
        select jalon_engine.text_of('learn.backwards', jsonb_build_object('count', p_log -> 'backwards'))
        where (p_log ->> 'backwards')::bigint > 0
        union all
        select jalon_engine.text_of('learn.no_log') where p_log is null
        union all
        select jalon_engine.text_of('learn.read', jsonb_build_object('rows', p_log -> 'rows',
            'records', p_log -> 'records', 'first', left(p_log ->> 'first', 10), 'last', left(p_log ->> 'last', 10)))
        where p_log is not null) w
$$;
comment on function jalon_engine.learned_warnings(jsonb, jsonb) is
'What a reader of learned rules should know: rows without a code, a log that contradicts itself.';

create or replace function jalon_engine.learned_rules(
    p_rows jsonb, p_log jsonb, p_category text, p_table text, p_status_column text, p_rare integer
)
returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_transitions constant jsonb := jalon_engine.learned_transitions(p_log, p_rare, false);
    v_codes jsonb;
begin
    select jsonb_agg(jalon_engine.said(jsonb_build_object('code', c.code, 'label', jalon_engine.label_of(c.code),
        'labels', (select jsonb_object_agg(l.code, jalon_engine.label_of(c.code)) from jalon_engine.language l
            where not l.is_default),
        'initial', c.begins > 0, 'final', c.leaves = 0 and c.ends > 0)))
    into v_codes
    from jalon_engine.learned_codes(p_rows, p_log, p_rare) c;
    return jsonb_build_object(
        'document', jalon_engine.said(jsonb_build_object('format', 'jalon-rules/1', 'category', p_category,
            'codes', v_codes, 'workflows', case when v_transitions <> '[]' then jsonb_build_array(
                jsonb_build_object('transitions', (select jsonb_agg(t -> 'rule')
                    from jsonb_array_elements(v_transitions) t))) end,
            'tables', jsonb_build_array(jsonb_build_object('table', p_table, 'columns',
                jsonb_build_object(p_status_column, p_category))))),
        'notes', jalon_engine.learned_notes(p_rows => p_rows, p_log => p_log, p_transitions => v_transitions,
            p_rare => p_rare),
        'rare', jalon_engine.learned_transitions(p_log, p_rare, true),
        'warnings', jalon_engine.learned_warnings(p_rows, p_log));
end
$$;
comment on function jalon_engine.learned_rules(jsonb, jsonb, text, text, text, integer) is
'What was learned from rows and a log: a document of rules, notes on it, the rare transitions apart.';
grant execute on function jalon_engine.learned_rules(jsonb, jsonb, text, text, text, integer) to jalon_dba;
