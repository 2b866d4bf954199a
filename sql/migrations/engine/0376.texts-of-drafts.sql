-- Words for undo and redo of a draft.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('draft.nothing_to_undo', 'en', 'There is nothing to undo in the draft of {category} / {caseType}', null),
('draft.nothing_to_undo', 'fr', 'Il n''y a rien à annuler dans le brouillon de {category} / {caseType}', null),
('draft.nothing_to_redo', 'en', 'There is nothing to redo in the draft of {category} / {caseType}', null),
('draft.nothing_to_redo', 'fr', 'Il n''y a rien à rétablir dans le brouillon de {category} / {caseType}', null);
