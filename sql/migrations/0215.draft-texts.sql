-- Who edits a draft after somebody else is told who that was.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('draft.passed', 'en', '{who} changed the draft of {category} / {scope} meanwhile: it is at revision {version}', 'Nothing of yours was done. Look at it as it is now, then try again.'),
('draft.passed', 'fr', '{who} a modifié entre-temps le brouillon de {category} / {scope} : il en est à la révision {version}', 'Rien de votre côté n''a été fait. Regardez-le tel qu''il est, puis réessayez.'),
('draft.gone', 'en', '{category} / {scope} has no draft any more: it was published or dropped meanwhile', 'Nothing of yours was done. Begin another draft.'),
('draft.gone', 'fr', '{category} / {scope} n''a plus de brouillon : il a été publié ou abandonné entre-temps', 'Rien de votre côté n''a été fait. Ouvrez-en un autre.');
