-- What the constraints of the roadshow say to people.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('currency_is_three_letters', 'en', 'currency', 'a currency is three capital letters, such as EUR'),
('currency_is_three_letters', 'fr', 'currency', 'une devise est trois lettres capitales, comme EUR'),
('ticket_size_is_not_negative', 'en', 'ticketSize', 'a ticket is not less than nothing'),
('ticket_size_is_not_negative', 'fr', 'ticketSize', 'un ticket n''est pas moins que rien'),
('a_change_of_status_makes_one_event', 'en', 'meta', 'this change of status has its event already'),
('a_change_of_status_makes_one_event', 'fr', 'meta', 'ce changement de statut a déjà son événement');
