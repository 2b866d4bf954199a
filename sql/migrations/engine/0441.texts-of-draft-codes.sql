-- Words for the codes of a draft.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('check.code_added', 'en', '{who} added the code {subject} meanwhile; publishing makes it what the draft says', null),
('check.code_added', 'fr',
    '{who} a ajouté le code {subject} entre-temps ; la publication en fera ce que dit le brouillon', null),
('check.code_changed', 'en', '{who} changed {subject} meanwhile ({members}); publishing puts what the draft says there',
    null),
('check.code_changed', 'fr',
    '{who} a modifié {subject} entre-temps ({members}) ; la publication y mettra ce que dit le brouillon', null),
('JL405.isolation.code', 'en', 'a code is deleted or renamed in read committed, not in {why}',
    'An older snapshot would not see every transition that the change is about.'),
('JL405.isolation.code', 'fr', 'un code se supprime ou se renomme en read committed, et non en {why}',
    'Un instantané plus ancien ne verrait pas toutes les transitions concernées.'),
('JL407.draft_code', 'en', '{category}: the draft leads to or from {code}, so it cannot go',
    'Take its transitions and arrivals out of the draft first.'),
('JL407.draft_code', 'fr', '{category} : le brouillon mène à {code} ou en part, il ne peut donc pas disparaître',
    'Retirez d''abord du brouillon ses transitions et ses arrivées.');
