-- What moderators write often, to begin a note with; rows, so that a house has its own.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_events.note_template (
    id integer generated always as identity constraint note_template_pk primary key,
    language text not null constraint note_template_language_fk references jalon_engine.language (code),
    label text not null,
    note text not null,
    position integer not null default 0,
    constraint a_note_template_is_named_once unique (language, label)
);
comment on table jalon_events.note_template is 'Notes to organizers that moderators begin with.';
comment on column jalon_events.note_template.id is 'Identifier.';
comment on column jalon_events.note_template.language is 'Language.';
comment on column jalon_events.note_template.label is 'What it is called in the list.';
comment on column jalon_events.note_template.note is 'The note.';
comment on column jalon_events.note_template.position is 'Place in the list.';

insert into jalon_events.note_template (language, label, note, position) values
('en', 'More about the event', 'Please describe what will happen at the event, and for whom it is.', 1),
('en', 'Place or time', 'Please check the place and the times; they do not fit together.', 2),
('en', 'Announced already', 'This event has been announced already.', 3),
('en', 'Not for this calendar', 'This event does not belong in this calendar.', 4),
('fr', 'Plus de détails', 'Décrivez le déroulement de l''événement et le public attendu, s''il vous plaît.', 1),
('fr', 'Lieu ou horaires', 'Vérifiez le lieu et les horaires : ils ne concordent pas.', 2),
('fr', 'Déjà annoncé', 'Cet événement a déjà été annoncé.', 3),
('fr', 'Hors sujet', 'Cet événement n''a pas sa place dans cet agenda.', 4);

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('a_note_template_is_named_once', 'en', 'label', 'another note of this language has this name'),
('a_note_template_is_named_once', 'fr', 'label', 'une autre note de cette langue porte ce nom');
