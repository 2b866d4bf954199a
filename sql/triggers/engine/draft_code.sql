-- The codes of a draft change in drafts only; a used one stays; changes are remembered. Nothing is compiled of them.

create or replace trigger _100_keep_published
before insert or update or delete on jalon_engine.draft_code
for each row execute function jalon_engine.tg_workflow_transition__keep_published();

create or replace trigger _110_keep_used
before delete on jalon_engine.draft_code
for each row execute function jalon_engine.tg_draft_code__keep_used();

create or replace trigger _120_keep_name
before update of category, code, case_type, version on jalon_engine.draft_code
for each row when ((old.category, old.code, old.case_type, old.version)
    is distinct from (new.category, new.code, new.case_type, new.version))
execute function jalon_engine.tg_draft_code__keep_used();

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.draft_code
for each row execute function jalon_engine.tg__remember('category', 'case_type', 'version', 'code');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.draft_code
for each statement execute function jalon_engine.tg__no_truncate();
