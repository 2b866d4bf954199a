-- Published workflows, compiled to what the triggers read. Rules that vanish are taken away only while
-- no writer is between its check and its commit: the tracked tables are locked against writers for that moment.

create or replace function jalon_engine.is_free(p_category text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select from jalon_engine.workflow w
        where w.category = p_category and w.state = 'published'
          and (w.case_type = '*' or not (select c.others_are_free from jalon_engine.category c
              where c.code = p_category)))
$$;
comment on function jalon_engine.is_free(text) is
'Whether records without a workflow of their own move freely: the category has no workflow, or has some for case types '
'and says that the others are free.';

create or replace function jalon_engine.rules_of(p_category text)
returns setof jalon_engine.rule
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with codes as (
        select r.code, r.is_initial, r.is_active from jalon_engine.referential r where r.category = p_category
    ),
    transitions as (
        select a.case_type, a.from_code, a.to_code, a.action, a.roles, a.relation, a.requires_reason,
               a.required_fields, a.guard, a.icon, a.position, a.version
        from jalon_engine.workflow_transition a
        join jalon_engine.workflow w using (category, case_type, version)
        where w.category = p_category and w.state = 'published'
    ),
    beginnings as (
        select distinct u.case_type, null::varchar as from_code, u.code, 'create', array['any'], null::text, false,
               null::text[], null::text, null::text, 0, u.version
        from (select case_type, version, from_code as code from transitions
            union select case_type, version, to_code from transitions) u
        join codes c on c.code = u.code and c.is_initial
        where not exists (select from transitions a where a.case_type = u.case_type and a.from_code is null)
    ),
    free as (
        select '*', f.code, t.code, 'move', array['any'], null::text, false, null::text[], null::text, null::text, 0, 0
        from (select code from codes union all select null) f
        join codes t on t.code is distinct from f.code and t.is_active
        -- If some case types have a workflow, records of the others begin on any active code.
        where jalon_engine.is_free(p_category)
          and (f.code is not null or t.is_initial or not exists (select from codes i where i.is_initial)
               or exists (select from jalon_engine.workflow w where w.category = p_category and w.state = 'published'))
    )
    select p_category, a.case_type, coalesce(a.from_code, ''), a.to_code, a.action, a.roles, 'any' = any (a.roles),
           a.guard is null and coalesce(a.required_fields, '{}') = '{}',
           a.relation, a.requires_reason, a.required_fields, a.guard, a.icon, a.position, a.version
    from (
        select x.* from (select * from transitions union all select * from beginnings) x
        join codes c on c.code = x.to_code and c.is_active
        union all
        select * from free) a
$$;
comment on function jalon_engine.rules_of(text) is 'What jalon_engine.rule should hold for a category: published '
'transitions, beginnings, and for a category without a workflow every active code.';

create or replace function jalon_engine.ruling_case_types(p_category text)
returns setof jalon_engine.rule_case_type
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A case type is there even if every code that its rules lead to is inactive.
    select w.category, w.case_type, w.version from jalon_engine.workflow w
    where w.category = p_category and w.state = 'published'
    union
    select p_category, '*', 0
    where jalon_engine.is_free(p_category)
        and exists (select from jalon_engine.referential r where r.category = p_category)
$$;
comment on function jalon_engine.ruling_case_types(text) is
'What jalon_engine.rule_case_type should hold for a category: the case types with a published workflow, '
'and * if other records are free.';

create or replace function jalon_engine.compile_rules(p_category text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_vanishes boolean;
    v_comes boolean;
begin
    perform from jalon_engine.category c where c.code = p_category for no key update;
    v_vanishes := exists (select r from jalon_engine.rule r where r.category = p_category
        except select n from jalon_engine.rules_of(p_category) n)
        or exists (select x.case_type from jalon_engine.rule_case_type x where x.category = p_category
            except select s.case_type from jalon_engine.ruling_case_types(p_category) s);
    v_comes := exists (select n from jalon_engine.rules_of(p_category) n
        except select r from jalon_engine.rule r where r.category = p_category)
        or exists (select s from jalon_engine.ruling_case_types(p_category) s
            except select x from jalon_engine.rule_case_type x where x.category = p_category);
    if not (v_vanishes or v_comes) then
        return false;
    end if;
    if v_vanishes then
        perform jalon_engine.lock_out_writers(p_category);
    end if;
    delete from jalon_engine.rule r where r.category = p_category;
    insert into jalon_engine.rule select * from jalon_engine.rules_of(p_category);
    delete from jalon_engine.rule_case_type s where s.category = p_category;
    insert into jalon_engine.rule_case_type (category, case_type, workflow_version)
    select * from jalon_engine.ruling_case_types(p_category);
    update jalon_engine.rule_epoch e set compiled_at = clock_timestamp();
    return true;
end
$$;
comment on function jalon_engine.compile_rules(text) is
'Brings jalon_engine.rule up to date for a category; says whether anything changed.';

create or replace function jalon_engine.lock_out_writers(p_category text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_table record;
begin
    for v_table in
        select distinct t.table_schema, t.table_name
        from jalon_engine.tracked t join jalon_engine.tracked_column c on c.tracked = t.name
        where c.category = p_category and to_regclass(format('%I.%I', t.table_schema, t.table_name)) is not null
        order by 1, 2
    loop
        -- A move locks its row before it writes; exclusive mode lets such a writer finish, a weaker one would deadlock.
        execute format('lock table %I.%I in exclusive mode', v_table.table_schema, v_table.table_name);
    end loop;
end
$$;
comment on function jalon_engine.lock_out_writers(text) is
'Waits for the writers of every table that obeys a category and keeps new ones out until commit; readers go on.';
