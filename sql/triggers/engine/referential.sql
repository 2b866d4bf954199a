-- A used code keeps its name; changes are remembered; the rules follow in the same statement.

create or replace trigger _100_keep_used
before delete on jalon_engine.referential
for each row execute function jalon_engine.tg_referential__keep_used();

create or replace trigger _110_keep_name
before update of category, code on jalon_engine.referential
for each row when (old.category is distinct from new.category or old.code is distinct from new.code)
execute function jalon_engine.tg_referential__keep_used();

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.referential
for each row execute function jalon_engine.tg__remember('category', 'code');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.referential
for each statement execute function jalon_engine.tg__no_truncate();

create or replace trigger _800_compile_insert
after insert on jalon_engine.referential referencing new table as touched
for each statement execute function jalon_engine.tg__compile();

create or replace trigger _810_compile_update
after update on jalon_engine.referential referencing new table as touched
for each statement execute function jalon_engine.tg__compile();

create or replace trigger _820_compile_delete
after delete on jalon_engine.referential referencing old table as touched
for each statement execute function jalon_engine.tg__compile();
