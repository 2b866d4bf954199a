-- Changes of the mapping are remembered.
create or replace trigger _500_remember
after insert or update or delete on jalon_dossiers.outcome_mapping
for each row execute function jalon_engine.tg__remember('outcome');
