-- A change of status makes a row of history, and that row makes an event: whoever changes it, by whatever path.
select jalon.track('jalon_roadshow.roadshow_counterparty', 'statut', category => 'ROADSHOW_STATUS',
    history_key => 'counterparty_id', move_permission => 'manage_roadshow');

create or replace trigger record_event after update on jalon_roadshow.roadshow_counterparty
for each row when (old.statut is distinct from new.statut) execute
    function jalon_engine.tg_roadshow_counterparty__record_event();
comment on trigger record_event on jalon_roadshow.roadshow_counterparty is
'Writes a roadshow_event for each change of a status. Fires after Jalon''s trigger, which sorts before it.';

create or replace trigger keep_edit after update on jalon_roadshow.roadshow_counterparty
for each row when (old.edited_at is distinct from new.edited_at)
execute function jalon_engine.tg_record__keep_edit('roadshow_counterparty');
