-- A used code keeps its name; changes are remembered; the rules follow in the same statement.

create or replace trigger _100_keep_used
before delete on lifecycle.referential
for each row execute function logic.tg_referential__keep_used();

create or replace trigger _110_keep_name
before update of category, code on lifecycle.referential
for each row when (old.category is distinct from new.category or old.code is distinct from new.code)
execute function logic.tg_referential__keep_used();

create or replace trigger _500_remember
after insert or update or delete on lifecycle.referential
for each row execute function logic.tg__remember('category', 'code');

create or replace trigger _900_no_truncate
before truncate on lifecycle.referential
for each statement execute function logic.tg__no_truncate();

create or replace trigger _800_compile_insert
after insert on lifecycle.referential referencing new table as touched
for each statement execute function logic.tg__compile();

create or replace trigger _810_compile_update
after update on lifecycle.referential referencing new table as touched
for each statement execute function logic.tg__compile();

create or replace trigger _820_compile_delete
after delete on lifecycle.referential referencing old table as touched
for each statement execute function logic.tg__compile();
