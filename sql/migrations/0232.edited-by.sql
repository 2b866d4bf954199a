-- Who last changed the content of a record, and when: whoever comes too late with an edit of their own is told that, and not
-- that a status moved.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_events.events add column updated_by text;
comment on column jalon_events.events.updated_by is 'Who last changed its content.';

alter table jalon_dossiers.dossier add column edited_at timestamptz, add column edited_by text;
comment on column jalon_dossiers.dossier.edited_at is 'When its content was last changed, its status and case type apart.';
comment on column jalon_dossiers.dossier.edited_by is 'Who did that.';

alter table jalon_propositions.proposition add column revision integer not null default 1, add column updated_by text;
comment on column jalon_propositions.proposition.revision is 'Counts the changes of its text.';
comment on column jalon_propositions.proposition.updated_by is 'Who last changed its text.';

insert into jalon_engine.display_text (code, language, template, hint) values
('JL410.edited', 'en', '{who} changed the content of {table} {id} meanwhile', 'Read it again. Allowed now: {allowed}.'),
('JL410.edited', 'fr', '{who} a modifié entre-temps le contenu de {table} {id}', 'Relisez-le. Permis maintenant : {allowed}.');
