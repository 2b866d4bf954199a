-- Whom counterparties name.

create or replace function jalon_engine.roadshow_counterparty_people(p_caller jsonb, p_part text)
returns table (id text, name text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select distinct c.owner::text, null::text from jalon_roadshow.roadshow_counterparty c
    where jalon_engine.can_read_all('roadshow_counterparty', p_caller) and strpos(lower(c.owner), p_part) > 0 limit 50
$$;
comment on function jalon_engine.roadshow_counterparty_people(jsonb, text) is
'Owners of counterparties whose name has a part, for a caller who may read all of them.';
