-- That records were deleted, for those who read history.
set local role jalon_historian;

create or replace view jalon_history.deletions as
select d.tracked, d.record_key, d.records, d.operation, d.deleted_at, d.deleted_by, d.db_role, d.transaction_id,
    d.transaction_id::text::bigint as transaction_number
from jalon_history.deletion d;
comment on view jalon_history.deletions is
'Deletions of tracked records; without their key where history went with them.';
comment on column jalon_history.deletions.tracked is 'Tracked table.';
comment on column jalon_history.deletions.record_key is 'Key of the record, where its history stays.';
comment on column jalon_history.deletions.records is 'How many records.';
comment on column jalon_history.deletions.operation is
'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode; IMPORT: it is known from an import.';
comment on column jalon_history.deletions.deleted_at is 'When.';
comment on column jalon_history.deletions.deleted_by is 'By whom.';
comment on column jalon_history.deletions.db_role is 'Database login it came through.';
comment on column jalon_history.deletions.transaction_id is 'Transaction.';
comment on column jalon_history.deletions.transaction_number is
'The transaction as a number, for tools that don''t know its type.';
grant select on jalon_history.deletions to jalon_bi, jalon_dba;
