-- Who changed the rules, when, from what to what.

create or replace view jalon.config_history as
select h.changed_at, h.changed_by, h.db_role, h.table_name, h.operation, h.key, h.before, h.after, h.reason
from jalon_engine.config_history h;
comment on view jalon.config_history is 'Every change of referentials, workflows, roles and permissions.';
comment on column jalon.config_history.changed_at is 'When.';
comment on column jalon.config_history.changed_by is 'By whom.';
comment on column jalon.config_history.db_role is 'Database session it came through.';
comment on column jalon.config_history.table_name is 'Table.';
comment on column jalon.config_history.operation is 'INSERT, UPDATE or DELETE.';
comment on column jalon.config_history.key is 'Key of the row.';
comment on column jalon.config_history.before is 'The row before.';
comment on column jalon.config_history.after is 'The row after.';
comment on column jalon.config_history.reason is 'Why.';
grant select on jalon.config_history to jalon_dba;
