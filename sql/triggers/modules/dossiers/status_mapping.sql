-- Changes of the mapping are remembered.
create or replace trigger _500_remember
after insert or update or delete on jalon_dossiers.status_mapping
for each row execute function jalon_engine.tg__remember('status_code');
