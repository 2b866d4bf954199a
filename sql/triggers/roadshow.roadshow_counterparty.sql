-- A change of status makes a row of history, and that row makes an event: whoever changes it, by whatever path.
select jalon.track('roadshow.roadshow_counterparty', 'statut', category => 'ROADSHOW_STATUS', history_key => 'counterparty_id');

create or replace trigger _500_record_event after insert on roadshow.roadshow_counterparty_history
referencing new table as written for each statement execute function jalon_engine.tg_roadshow_counterparty_history__record_event();
comment on trigger _500_record_event on roadshow.roadshow_counterparty_history is 'Writes a roadshow_event for each change of a status.';
