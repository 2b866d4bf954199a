-- A tracked table that was dropped has its triggers nowhere; one that was renamed took them along.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('verify.table_dropped', 'en', '{on} was dropped while it was tracked',
    'Restore it from a backup, or untrack it: its history stays.'),
('verify.table_dropped', 'fr', '{on} a été supprimée alors qu''elle était suivie',
    'Restaurez-la depuis une sauvegarde, ou cessez de la suivre : son historique reste.');
