-- How far the partitions of each history and log reach: Jalon's own, and the histories of tables of others.
create or replace view jalon.partitions as
select format('%I.%I', n.nspname, p.relname) as table_name,
    max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9-]{10})'))::date as until
from pg_catalog.pg_class p
join pg_catalog.pg_namespace n on n.oid = p.relnamespace
join pg_catalog.pg_inherits i on i.inhparent = p.oid
join pg_catalog.pg_class c on c.oid = i.inhrelid
where p.relkind = 'p'
    and (pg_get_userbyid(p.relowner) = 'jalon_owner'
        or exists (select from jalon_engine.tracked t
            where t.history_schema = n.nspname and t.history_name = p.relname))
group by n.nspname, p.relname
having max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9-]{10})')) is not null;
comment on view jalon.partitions is 'How far the partitions of histories and logs reach.';
comment on column jalon.partitions.table_name is 'The partitioned table.';
comment on column jalon.partitions.until is 'The first day that has no partition.';
grant select on jalon.partitions to jalon_dba;
