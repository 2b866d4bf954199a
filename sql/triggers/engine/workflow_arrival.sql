-- Arrivals change in drafts only and name codes that there are; changes are remembered. They are read as they are
-- published, so nothing is compiled.

create or replace trigger _100_keep_published
before insert or update or delete on jalon_engine.workflow_arrival
for each row execute function jalon_engine.tg_workflow_transition__keep_published();

create or replace trigger _110_keep_codes
before insert or update on jalon_engine.workflow_arrival
for each row execute function jalon_engine.tg_workflow_transition__keep_codes();

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.workflow_arrival
for each row execute function jalon_engine.tg__remember('category', 'case_type', 'version', 'from_case_type',
    'from_code', 'to_code');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.workflow_arrival
for each statement execute function jalon_engine.tg__no_truncate();
