-- Months of history that were written to files: jalon.retain drops those that still are as they were written.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.archived_month (
    tracked text not null,
    month date not null,
    file_name text not null,
    row_count bigint not null,
    sha256 text not null,
    content_digest text not null,
    archived_at timestamptz not null default now(),
    archived_by text not null,
    constraint archived_month_pk primary key (tracked, month),
    constraint sha256_is_hexadecimal check (sha256 ~ '^[0-9a-f]{64}$')
);
comment on table jalon_engine.archived_month is
'Months of history that jalon archive wrote to a file. jalon.retain drops a month only if it is here and unchanged.';
comment on column jalon_engine.archived_month.tracked is 'Name of the tracked table.';
comment on column jalon_engine.archived_month.month is 'First day of the month, in UTC.';
comment on column jalon_engine.archived_month.file_name is 'Name of the file, without its folder.';
comment on column jalon_engine.archived_month.row_count is 'Rows of the month, and of the file.';
comment on column jalon_engine.archived_month.sha256 is 'SHA-256 of the file.';
comment on column jalon_engine.archived_month.content_digest is
'Digest of the rows in the database when they were written.';
comment on column jalon_engine.archived_month.archived_at is 'When.';
comment on column jalon_engine.archived_month.archived_by is 'By whom.';
grant select on jalon_engine.archived_month to jalon_historian;

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('sha256_is_hexadecimal', 'en', 'sha256', 'a SHA-256 has 64 hexadecimal digits'),
('sha256_is_hexadecimal', 'fr', 'sha256', 'un SHA-256 a 64 chiffres hexadécimaux');

insert into jalon_engine.display_text (code, language, template, hint) values
('keeping.month', 'en', '{month} is not a month', 'Write it as 2024-02.'),
('keeping.month', 'fr', '{month} n''est pas un mois', 'Écrivez-le ainsi : 2024-02.'),
('keeping.month_not_over', 'en', '{month} is not over yet', 'A month is archived when nothing more is written to it.'),
('keeping.month_not_over', 'fr', '{month} n''est pas terminé', 'Un mois s''archive quand plus rien ne s''y écrit.'),
('keeping.month_missing', 'en', 'the history of {table} has no partition of {month}',
    'select * from jalon.partitions; says how far partitions reach. A month that jalon.retain detached is a table.'),
('keeping.month_missing', 'fr', 'l''historique de {table} n''a pas de partition de {month}',
    'select * from jalon.partitions; dit jusqu''où elles vont. Un mois détaché par jalon.retain est une table.'),
('keeping.month_in_default', 'en', 'rows of {month} wait in the default partition of the history of {table}',
    'select * from jalon.ensure_partitions(); moves them to their month.'),
('keeping.month_in_default', 'fr',
    'des lignes de {month} attendent dans la partition par défaut de l''historique de {table}',
    'select * from jalon.ensure_partitions(); les déplace dans leur mois.'),
('keeping.rows_differ', 'en', 'the file has {found} rows, and {month} of {table} has {count}',
    'Something else than jalon archive wrote it, or the disk failed. Archive the month again.'),
('keeping.rows_differ', 'fr', 'le fichier a {found} lignes, et {month} de {table} en a {count}',
    'Autre chose que jalon archive l''a écrit, ou le disque a failli. Archivez à nouveau le mois.');
