-- Where there is a graph to look at: without a workflow every move is allowed, and there is none.

create or replace function jalon_engine.has_workflow(p_category text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select exists (select from jalon_engine.workflow w where w.category = p_category) $$;
comment on function jalon_engine.has_workflow(text) is 'Whether a category has a workflow, be it a draft.';
