-- What a screen says about an event besides its label: what the state means, where it stands in an event's life, and
-- why something cannot be done now.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_events.display add column step integer;
alter table jalon_events.display add column is_aside boolean not null default false;
comment on column jalon_events.display.step is 'Place in an event''s life: 1, 2, 3, …; what is aside shares the place of what it keeps from happening.';
comment on column jalon_events.display.is_aside is 'Off the straight way: shown only while an event is there.';
update jalon_events.display d set step = s.step, is_aside = s.is_aside
from (values
    ('draft', 1, false), ('under_review', 2, false), ('candidate', 2, true), ('rejected', 2, true), ('revision_requested', 2, true),
    ('approved', 3, false), ('published', 4, false), ('sold_out', 4, true), ('suspended', 4, true), ('cancelled', 4, true),
    ('completed', 5, false)
) s (code, step, is_aside) where s.code = d.code;

insert into jalon_engine.display_text (code, language, template, hint) values
('event.display.rejected', 'en', 'Refused, with notes. It can be changed and submitted again.', null),
('event.display.rejected', 'fr', 'Refusé, avec des notes. Il peut être modifié et soumis à nouveau.', null),
('event.display.revision_requested', 'en', 'Changes are required before approval. Edit it and submit it again.', null),
('event.display.revision_requested', 'fr', 'Des changements sont nécessaires avant l''approbation. Modifiez-le et soumettez-le à nouveau.', null),
('event.display.under_review', 'en', 'Submitted; waits for a moderator''s decision. It is not edited meanwhile.', null),
('event.display.under_review', 'fr', 'Soumis ; attend la décision d''un modérateur. Il ne se modifie pas entre-temps.', null),
('event.display.published', 'en', 'Approved, and the public sees it.', null),
('event.display.published', 'fr', 'Approuvé, et le public le voit.', null),
('event.display.approved', 'en', 'Approved; the organizer may publish it when ready.', null),
('event.display.approved', 'fr', 'Approuvé ; l''organisateur peut le publier quand il le souhaite.', null),
('event.display.draft', 'en', 'Being prepared; not visible to the public.', null),
('event.display.draft', 'fr', 'En préparation ; le public ne le voit pas.', null),
('event.display.candidate', 'en', 'Submitted; waits for approval.', null),
('event.display.candidate', 'fr', 'Soumis ; attend la validation.', null),
('event.display.sold_out', 'en', 'Approved; no place is left.', null),
('event.display.sold_out', 'fr', 'Approuvé ; il ne reste plus de place.', null),
('event.display.cancelled', 'en', 'It will not take place.', null),
('event.display.cancelled', 'fr', 'Il n''aura pas lieu.', null),
('event.display.completed', 'en', 'It has taken place.', null),
('event.display.completed', 'fr', 'Il a eu lieu.', null),
('event.display.suspended', 'en', 'Taken from the public by a moderator.', null),
('event.display.suspended', 'fr', 'Retiré au public par un modérateur.', null),
('event.why.JL202', 'en', 'for: {roles}', null),
('event.why.JL202', 'fr', 'réservé à : {roles}', null),
('event.why.JL302', 'en', 'to be filled in first: {fields}', null),
('event.why.JL302', 'fr', 'à remplir d''abord : {fields}', null),
('event.why.event_may_be_published', 'en', 'only an approved event can be published', null),
('event.why.event_may_be_published', 'fr', 'seul un événement approuvé peut être publié', null),
('event.why.event_may_be_reverted', 'en', 'a decision has been taken on this event already', null),
('event.why.event_may_be_reverted', 'fr', 'une décision a déjà été prise sur cet événement', null),
('event.why.JL303', 'en', '{why}', null),
('event.why.JL303', 'fr', '{why}', null),
('event.why.edit_event', 'en', 'This event is "{label}". It can be edited while it is one of: {states}.', null),
('event.why.edit_event', 'fr', 'Cet événement est « {label} ». Il se modifie dans l''un de ces états : {states}.', null),
('event.why.delete_event', 'en', 'This event is "{label}". It can be deleted while it is one of: {states}.', null),
('event.why.delete_event', 'fr', 'Cet événement est « {label} ». Il se supprime dans l''un de ces états : {states}.', null),
('event.why.nobody', 'en', 'Your roles do not allow it ({permission}).', null),
('event.why.nobody', 'fr', 'Vos rôles ne le permettent pas ({permission}).', null),
('event.role.event_organizer', 'en', 'the organizer', null), ('event.role.event_organizer', 'fr', 'l''organisateur', null),
('event.role.moderator', 'en', 'moderators', null), ('event.role.moderator', 'fr', 'modérateurs', null),
('event.role.admin', 'en', 'administrators', null), ('event.role.admin', 'fr', 'administrateurs', null),
('event.field.title', 'en', 'title', null), ('event.field.title', 'fr', 'titre', null),
('event.field.description', 'en', 'description', null), ('event.field.description', 'fr', 'description', null),
('event.field.starts_at', 'en', 'beginning', null), ('event.field.starts_at', 'fr', 'début', null),
('event.field.ends_at', 'en', 'end', null), ('event.field.ends_at', 'fr', 'fin', null),
('event.field.place', 'en', 'place', null), ('event.field.place', 'fr', 'lieu', null),
('event.field.price', 'en', 'price', null), ('event.field.price', 'fr', 'prix', null),
('event.field.capacity', 'en', 'capacity', null), ('event.field.capacity', 'fr', 'capacité', null);
