-- Spans are closed, never changed: the table is its own history.
create or replace trigger _100_keep
before update or delete on jalon_propositions.proposition_role_assignments
for each row execute function jalon_engine.tg_proposition_role_assignments__keep();

create or replace trigger _110_no_truncate
before truncate on jalon_propositions.proposition_role_assignments
for each statement execute function jalon_engine.tg_proposition_role_assignments__keep();
