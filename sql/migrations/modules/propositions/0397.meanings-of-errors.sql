-- What the pages of this module's error codes say in French; English is in jalon_engine.error_code.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('meaning.JL104', 'fr', 'Pas à ce statut',
    'L''action n''est pas offerte au statut de la fiche. DETAIL liste les statuts où elle l''est.'),
('meaning.JL421', 'fr', 'Limite atteinte', 'Il y en a autant qu''il peut y en avoir. DETAIL dit la limite.'),
('meaning.JL422', 'fr', 'Nom pris', 'Quelque chose porte déjà ce nom.');
