set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code = 'JL410.edited';
alter table jalon_propositions.proposition drop column revision, drop column updated_by;
alter table jalon_dossiers.dossier drop column edited_at, drop column edited_by;
alter table jalon_events.events drop column updated_by;
