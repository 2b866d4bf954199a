-- A difference in sentences: what a reader of `jalon plan` or of the console sees.

create or replace function jalon_engine.member_text(p_value jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case jsonb_typeof(p_value)
        when 'object' then (select string_agg(e.key || ': ' || coalesce(e.value #>> '{}', '–'), ', ' order by e.key)
            from jsonb_each(p_value) e)
        when 'array' then (select string_agg(e.value, ', ') from jsonb_array_elements_text(p_value) e)
        else p_value #>> '{}' end
$$;
comment on function jalon_engine.member_text(jsonb) is 'A member of a document of rules as people read it.';

create or replace function jalon_engine.action_words(p_category text, p_action text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select l.label from jalon_engine.action_label l
        where l.category = p_category and l.action = p_action and l.language = jalon_engine.language()),
        initcap(replace(p_action, '_', ' ')))
$$;
comment on function jalon_engine.action_words(text, text) is
'The label of an action in the reader''s language, else its name as words.';

create or replace function jalon_engine.item_name(p_difference jalon_engine.rule_difference, p_category text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case d.kind
        when 'transition' then case when d.key[1] = '*' then '' else d.key[1] || ': ' end
            || coalesce(jalon_engine.action_words(p_category, coalesce(d.after ->> 'action', d.before ->> 'action',
                (select a.action from jalon_engine.workflow_transition a
                 join jalon_engine.workflow w on (w.category, w.case_type, w.version)
                    = (a.category, a.case_type, a.version)
                 where a.category = p_category and a.case_type = d.key[1] and coalesce(a.from_code, '') = d.key[2]
                   and a.to_code = d.key[3]
                 order by w.state = 'published' desc, w.version desc limit 1))) || ' (', '(')
            || jalon_engine.transition_name(d.key[2], d.key[3]) || ')'
        when 'arrival' then jalon_engine.arrival_name(d.key[2], d.key[3], d.key[4])
        when 'workflow' then case when d.key[1] = '*' then p_category else p_category || ' / ' || d.key[1] end
        when 'permission' then d.key[2]
        when 'order' then coalesce(nullif(d.key[3], ''), p_category)
        else d.key[1] end
    from (select (p_difference).*) d
$$;
comment on function jalon_engine.item_name(jalon_engine.rule_difference, text) is
'What people call a thing of a rules file.';

create or replace function jalon_engine.rule_sentences(p_difference jalon_engine.rule_difference, p_category text)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Come or gone: one sentence. Changed: one for each member, in its own words where it has some.
    select jalon_engine.text_of(case when d.kind in ('permission', 'order')
            then concat_ws('.', 'rules', d.kind, case d.kind when 'order' then d.key[1] else d.change end,
                case when d.after ->> 'allowed' = 'false' and d.change = 'added' then 'forbidden' end)
            else concat_ws('.', 'rules', d.kind, d.change) end,
        jsonb_build_object('name', n.name, 'category', p_category, 'role', d.key[1], 'table', d.key[3],
            'status', d.key[4], 'before', jalon_engine.member_text(d.before),
            'after', jalon_engine.member_text(d.after)))
    from (select (p_difference).*) d cross join jalon_engine.item_name(p_difference, p_category) n (name)
    where d.change <> 'changed' or d.kind = 'order'
    union all
    select jalon_engine.text_of(case when exists (select from jalon_engine.display_text t where t.code = m.code)
            then m.code else 'rules.member.' || m.how end,
        jsonb_build_object('name', n.name, 'member', m.member, 'before', coalesce(jalon_engine.member_text(m.before),
            '–'), 'after', coalesce(jalon_engine.member_text(m.after), '–')))
    from (select (p_difference).*) d
    cross join jalon_engine.item_name(p_difference, p_category) n (name)
    cross join lateral (
        select k.member, d.before -> k.member as before, d.after -> k.member as after, h.how,
            'rules.' || k.member || '.' || h.how as code
        from (select jsonb_object_keys(coalesce(d.before, '{}') || coalesce(d.after, '{}')) as member) k
        cross join lateral (select case when not coalesce(d.before ? k.member, false) then 'set'
            when not coalesce(d.after ? k.member, false) then 'unset' else 'changed' end as how) h) m
    where d.change = 'changed' and d.kind <> 'order'
$$;
comment on function jalon_engine.rule_sentences(jalon_engine.rule_difference, text) is
'What a difference is in words, a sentence for each member that differs.';
