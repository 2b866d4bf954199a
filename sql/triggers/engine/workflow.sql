-- Versions in force never change; changes are remembered; the rules follow in the same statement.

create or replace trigger _100_keep_published
before update or delete on jalon_engine.workflow
for each row execute function jalon_engine.tg_workflow__keep_published();

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.workflow
for each row execute function jalon_engine.tg__remember('category', 'case_type', 'version');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.workflow
for each statement execute function jalon_engine.tg__no_truncate();

create or replace trigger _800_compile_insert
after insert on jalon_engine.workflow referencing new table as touched
for each statement execute function jalon_engine.tg_workflow__compile();

create or replace trigger _810_compile_update
after update on jalon_engine.workflow referencing new table as touched
for each statement execute function jalon_engine.tg_workflow__compile();

create or replace trigger _820_compile_delete
after delete on jalon_engine.workflow referencing old table as touched
for each statement execute function jalon_engine.tg_workflow__compile();
