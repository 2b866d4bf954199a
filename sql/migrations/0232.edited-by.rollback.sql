set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.message where code = 'JL410.edited';
alter table proposition.proposition drop column revision, drop column updated_by;
alter table dossier.dossier drop column edited_at, drop column edited_by;
alter table event.events drop column updated_by;
