-- What readers who copy history must know besides new rows: that rows which they have were altered or went. And the
-- digests of generated views and functions, which stood in their comments.
set local role jalon_historian;
set local lock_timeout = '5s';
-- An expression, because BRIN knows no xid8.
create index deletion_transaction_idx on jalon_history.deletion using brin (((transaction_id::text)::bigint));

set local role jalon_owner;

create table jalon_engine.correction (
    tracked text not null,
    record_key text,
    transaction_id xid8 not null,
    corrected_at timestamptz not null,
    constraint a_correction_is_noted_once unique nulls not distinct (transaction_id, tracked, record_key)
);
comment on table jalon_engine.correction is
'That rows of history were altered or deleted after the transaction that wrote them: an erasure, an import that takes '
'the place of a row, a deletion that takes history along.';
comment on column jalon_engine.correction.tracked is 'Tracked table.';
comment on column jalon_engine.correction.record_key is
'Key of the record; empty where history goes with records, for nobody is to learn later which keys there were.';
comment on column jalon_engine.correction.transaction_id is 'Transaction.';
comment on column jalon_engine.correction.corrected_at is 'When.';

create table jalon_engine.generated_view (
    object_name text constraint generated_view_pk primary key,
    digest text not null
);
comment on table jalon_engine.generated_view is
'Views and functions that were generated, each with a digest of its text: one that is as wanted is left alone.';
comment on column jalon_engine.generated_view.object_name is 'View or function.';
comment on column jalon_engine.generated_view.digest is 'Digest of the text that made it.';

grant insert on jalon_engine.correction to jalon_historian;
grant select, insert, update on jalon_engine.generated_view to jalon_historian;

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('a_correction_is_noted_once', 'en', null, 'a transaction notes the correction of a record once'),
('a_correction_is_noted_once', 'fr', null, 'une transaction note une fois la correction d''un enregistrement');
