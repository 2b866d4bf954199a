-- Written once; gone only with an erased proposition.
create or replace trigger _100_append_only
before update or delete on jalon_propositions.proposition_custom_action_refusals
for each row execute function jalon_engine.tg_history__append_only();

create or replace trigger _110_no_truncate
before truncate on jalon_propositions.proposition_custom_action_refusals
for each statement execute function jalon_engine.tg_history__append_only();
