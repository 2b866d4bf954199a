-- What the constraints of members say to people.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('email_looks_like_one', 'en', 'email', 'this is not an e-mail address'),
('email_looks_like_one', 'fr', 'email', 'ceci n''est pas une adresse électronique'),
('an_email_is_used_once', 'en', 'email', 'somebody has this e-mail address already'),
('an_email_is_used_once', 'fr', 'email', 'quelqu''un a déjà cette adresse électronique');
