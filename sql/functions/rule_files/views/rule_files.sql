-- Which rules a file owns.

create or replace view jalon.rule_files as
select f.category, f.source, f.applied_at, f.applied_by, f.document
from jalon_engine.rule_file f;
comment on view jalon.rule_files is 'Categories whose rules come from a file, as it was applied last.';
comment on column jalon.rule_files.category is 'Category; * for the roles and permissions of no category.';
comment on column jalon.rule_files.source is 'The file''s name.';
comment on column jalon.rule_files.applied_at is 'When it was applied.';
comment on column jalon.rule_files.applied_by is 'By whom.';
comment on column jalon.rule_files.document is 'What it said.';
grant select on jalon.rule_files to jalon_dba;
