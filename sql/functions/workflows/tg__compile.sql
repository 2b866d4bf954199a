-- What the triggers of tracked tables read is compiled from these rows; whoever edits them, psql included, sees the
-- rules follow in the same statement (docs/adr/0010-configuration-is-compiled-by-trigger.md).

create or replace function jalon_engine.tg__compile()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.compile_rules(c.category)
    from (select distinct t.category from touched t order by 1) c;
    return null;
end
$$;
comment on function jalon_engine.tg__compile() is 'Compiles the rules of the categories that a statement touched.';

create or replace function jalon_engine.tg_workflow__compile()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Each edit of a draft counts its revision, and changes nothing yet.
    perform jalon_engine.compile_rules(c.category)
    from (select distinct t.category from touched t where t.state <> 'draft' order by 1) c;
    return null;
end
$$;
comment on function jalon_engine.tg_workflow__compile() is
'Compiles the rules of the categories whose published workflows a statement touched.';

create or replace function jalon_engine.tg_workflow_transition__compile()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The transitions of drafts change nothing yet.
    perform jalon_engine.compile_rules(c.category)
    from (
        select distinct t.category
        from touched t
        left join jalon_engine.workflow w using (category, case_type, version)
        where w.state is distinct from 'draft'
        order by 1
    ) c;
    return null;
end
$$;
comment on function jalon_engine.tg_workflow_transition__compile() is
'Compiles the rules of the categories whose published transitions a statement touched.';

create or replace function jalon_engine.tg_category__compile()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.compile_rules(new.code);
    return null;
end
$$;
comment on function jalon_engine.tg_category__compile() is
'Compiles the rules of a category whose case types without a workflow become free, or obey again.';

create or replace function jalon_engine.tg_permission_rule__epoch()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Nothing is compiled of permissions; but a transaction whose snapshot is older must not go by it.
    update jalon_engine.rule_epoch e set compiled_at = clock_timestamp();
    return null;
end
$$;
comment on function jalon_engine.tg_permission_rule__epoch() is
'Tells repeatable-read transactions that are older than a change of permissions to try again.';
