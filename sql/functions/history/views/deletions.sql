-- That records were deleted, for those who read history.
create or replace view history.deletions as
select d.tracked, d.record_key, d.records, d.operation, d.deleted_at, d.deleted_by, d.db_role, d.transaction_id
from lifecycle.deletion d;
comment on view history.deletions is 'Deletions of tracked records; without their key where history went with them.';
comment on column history.deletions.tracked is 'Tracked table.';
comment on column history.deletions.record_key is 'Key of the record, where its history stays.';
comment on column history.deletions.records is 'How many records.';
comment on column history.deletions.operation is 'DELETE, TRUNCATE or ERASE.';
comment on column history.deletions.deleted_at is 'When.';
comment on column history.deletions.deleted_by is 'By whom.';
comment on column history.deletions.db_role is 'Database login it came through.';
comment on column history.deletions.transaction_id is 'Transaction.';
grant select on history.deletions to jalon_bi, jalon_dba;
