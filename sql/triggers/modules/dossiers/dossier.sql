-- Dossiers under Jalon; before the check, the row is made whole.
select jalon.track(
    'jalon_dossiers.dossier', 'status_code', category => 'CASE_STATUS', workflow_column => 'case_type',
    relations => '{"assignee": "assignee", "author": "created_by"}', move_permission => 'write_dossiers'
);

create or replace trigger _100_keep_in_step
before insert on jalon_dossiers.dossier
for each row execute function jalon_engine.tg_dossier__keep_in_step();

create or replace trigger _110_keep_in_step
before update on jalon_dossiers.dossier
for each row when (old.* is distinct from new.*) execute function jalon_engine.tg_dossier__keep_in_step();

create or replace trigger keep_edit after update on jalon_dossiers.dossier
for each row when (old.edited_at is distinct from new.edited_at)
execute function jalon_engine.tg_record__keep_edit('dossier');
