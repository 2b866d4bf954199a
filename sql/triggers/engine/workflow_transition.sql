-- Transitions change in drafts only and name codes that there are; changes are remembered; the rules follow in the
-- same statement.

create or replace trigger _100_keep_published
before insert or update or delete on jalon_engine.workflow_transition
for each row execute function jalon_engine.tg_workflow_transition__keep_published();

create or replace trigger _110_keep_codes
before insert or update on jalon_engine.workflow_transition
for each row execute function jalon_engine.tg_workflow_transition__keep_codes();

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.workflow_transition
for each row execute function jalon_engine.tg__remember('category', 'case_type', 'version', 'from_code', 'to_code');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.workflow_transition
for each statement execute function jalon_engine.tg__no_truncate();

create or replace trigger _800_compile_insert
after insert on jalon_engine.workflow_transition referencing new table as touched
for each statement execute function jalon_engine.tg_workflow_transition__compile();

create or replace trigger _810_compile_update
after update on jalon_engine.workflow_transition referencing new table as touched
for each statement execute function jalon_engine.tg_workflow_transition__compile();

create or replace trigger _820_compile_delete
after delete on jalon_engine.workflow_transition referencing old table as touched
for each statement execute function jalon_engine.tg_workflow_transition__compile();
