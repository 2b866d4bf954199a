-- Written once.

create or replace trigger _100_append_only
before update or delete on jalon_engine.config_history
for each row execute function jalon_engine.tg_config_history__append_only();

create or replace trigger _110_append_only_truncate
before truncate on jalon_engine.config_history
for each statement execute function jalon_engine.tg_config_history__append_only();
