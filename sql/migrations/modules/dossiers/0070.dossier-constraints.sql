-- What the constraints of dossiers say to people.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('assignee_is_not_blank', 'en', 'assignee', 'an assignee is not blank'),
('assignee_is_not_blank', 'fr', 'assignee', 'un responsable n''est pas vide'),
('lead_name_is_not_blank', 'en', 'leadName', 'the name of a lead is not blank'),
('lead_name_is_not_blank', 'fr', 'leadName', 'le nom d''un prospect n''est pas vide'),
('lead_phone_is_not_blank', 'en', 'leadPhone', 'the phone of a lead is not blank'),
('lead_phone_is_not_blank', 'fr', 'leadPhone', 'le téléphone d''un prospect n''est pas vide'),
('organisation_is_not_blank', 'en', 'organisation', 'an organisation is not blank'),
('organisation_is_not_blank', 'fr', 'organisation', 'une organisation n''est pas vide'),
('source_is_not_blank', 'en', 'source', 'a source is not blank'),
('source_is_not_blank', 'fr', 'source', 'une source n''est pas vide');
