-- THE rule: may this actor make this transition without further questions? It is one SQL
-- expression, and every path uses it.
-- True means yes. Anything else goes to jalon_engine.check_change, which refuses or knows more.

create or replace function jalon_engine.plain_rule_sql(p_tracked jalon_engine.tracked, p_rule text, p_row text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role_from_column text;
    v_relation_holds text;
begin
    -- Relations that are columns of the row are tested here.
    select coalesce(string_agg(format(e'\n            or (%L = any (%s.roles) and %s = who.actor)', e.key, p_rule,
        jalon_engine.text_sql(p_tracked, e.value, p_row)), '' order by e.key), ''),
           coalesce(string_agg(format('(%s.relation = %L and %s = who.actor)', p_rule, e.key,
               jalon_engine.text_sql(p_tracked, e.value, p_row)), ' or ' order by e.key), 'false')
    into v_role_from_column, v_relation_holds from jsonb_each_text(p_tracked.relations) e;
    return jalon_engine.render($sql$who.kind = 'move'
        and {rule}.is_plain                                                 -- no guard, no required field
        and ({rule}.workflow_version > 0 or who.named_by is null or who.named_by = 'a')
        and (not {rule}.requires_reason or who.reason is not null)
        and ({rule}.is_open
            or {rule}.roles && who.roles                                    -- roles of the token{role_from_column}
            or jalon_engine.is_granted(who.actor, {rule}.roles))
        and ({rule}.relation is null or {relation_holds})$sql$,
        jsonb_build_object('rule', p_rule, 'role_from_column', v_role_from_column, 'relation_holds', v_relation_holds));
end
$$;
comment on function jalon_engine.plain_rule_sql(jalon_engine.tracked, text, text) is
'SQL that is true if a transition is plainly allowed: the rule of the engine, as one expression over a rule, a row '
'and who acts.';

create or replace function jalon_engine.ruling_case_type_sql(
    p_tracked jalon_engine.tracked, p_category text, p_row text
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_tracked.workflow_column is null then '''*'''
        else format(e'coalesce((select s.case_type from jalon_engine.rule_case_type s\n'
            '            where s.category = %L and s.case_type = %s), ''*'')',
            p_category, jalon_engine.text_sql(p_tracked, p_tracked.workflow_column, p_row)) end
$$;
comment on function jalon_engine.ruling_case_type_sql(jalon_engine.tracked, text, text) is
'SQL that finds the case type whose rules a row obeys.';

create or replace function jalon_engine.rules_sql(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- One join a status column. A column that stays needs no rule.
    select string_agg(format(e'\n    left join jalon_engine.rule r%1$s on %2$sr%1$s.category = %3$L\n'
        '        and r%1$s.case_type = %4$s\n        and r%1$s.from_code = %5$s\n        and r%1$s.to_code = %6$s\n'
        '        and %7$s',
        c.position, case when not p_creates and cardinality(jalon_engine.status_columns(p_tracked)) > 1
                then jalon_engine.differs(c.column_name) || e'\n        and ' else '' end,
        c.category, jalon_engine.ruling_case_type_sql(p_tracked, c.category, 'new'),
        case when p_creates then '''''' else jalon_engine.text_sql(p_tracked, c.column_name, 'old') end,
        jalon_engine.text_sql(p_tracked, c.column_name, 'new'),
        jalon_engine.plain_rule_sql(p_tracked, 'r' || c.position, case when p_creates then 'new' else 'old' end)), ''
        order by c.position)
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.rules_sql(jalon_engine.tracked, boolean) is
'SQL that joins the rule of each status column that changed, if it allows the change plainly.';

create or replace function jalon_engine.all_allowed_sql(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce('not (' || jalon_engine.differs(case when not p_creates then p_tracked.workflow_column end)
        || e')\n        and ', '')
        || string_agg(case when p_creates or count_of.columns = 1 then format('r%s.to_code is not null', c.position)
            else format('(r%s.to_code is not null or not (%s))', c.position, jalon_engine.differs(c.column_name)) end,
            e'\n        and ' order by c.position)
    from jalon_engine.tracked_column c
    cross join (select cardinality(jalon_engine.status_columns(p_tracked)) as columns) count_of
    where c.tracked = p_tracked.name
    group by p_tracked
$$;
comment on function jalon_engine.all_allowed_sql(jalon_engine.tracked, boolean) is
'SQL that is true if each status column that changed has a rule that allows it plainly, and the case type stays.';

create or replace function jalon_engine.greatest_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when count(*) > 1 then 'greatest(' else '' end
        || string_agg(format('r%s.workflow_version', c.position), ', ' order by c.position)
        || case when count(*) > 1 then ')' else '' end
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.greatest_sql(jalon_engine.tracked) is
'SQL of the workflow version that allows a change: of several columns the newest.';

create or replace function jalon_engine.checks_sql(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when count(*) > 1 then 'greatest(' else '' end || string_agg(format(
        case when p_creates or count_of.columns = 1 then '%2$s'
            else e'\n            case when %1$s\n                then %2$s end' end,
        concat_ws(' or ', jalon_engine.differs(c.column_name), jalon_engine.differs(p_tracked.workflow_column)),
        format('jalon_engine.check_change(%L, %L, %L, v_old, v_new)', p_tracked.name, c.column_name, c.category)),
        case when p_creates then e',\n            ' else ', ' end order by c.position)
        || case when count(*) > 1 then ')' else '' end
    from jalon_engine.tracked_column c
    cross join (select cardinality(jalon_engine.status_columns(p_tracked)) as columns) count_of
    where c.tracked = p_tracked.name
    group by count_of.columns
$$;
comment on function jalon_engine.checks_sql(jalon_engine.tracked, boolean) is
'SQL that has jalon_engine.check_change look at each status column that changed.';

create or replace function jalon_engine.row_sql(p_tracked jalon_engine.tracked, p_row text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What the check relies on is read by Jalon itself; the rest is made by a function that has no rights, since casts
    -- to JSON may be anybody's.
    select format(e'jalon_engine.row_as_json(%s) || pg_catalog.jsonb_build_object(\n            %s)', p_row,
        string_agg(format('%L, %s', c.name, case c.name when 'status_version' then p_row || '.status_version'
            else jalon_engine.text_sql(p_tracked, c.name, p_row) end), e',\n            ' order by c.name))
    from (select unnest(jalon_engine.status_columns(p_tracked)
        || array_remove(array[p_tracked.workflow_column, p_tracked.key_column, 'status_version'], null)) as name
        union select e.value from jsonb_each_text(p_tracked.relations) e) c
$$;
comment on function jalon_engine.row_sql(jalon_engine.tracked, text) is
'SQL of a whole row as JSON for jalon_engine.check_change.';
