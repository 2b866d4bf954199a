-- A record may stand on a code that the workflow of its case type lacks: nothing leads on, but it isn't final.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('JL103.outside', 'en',
    '{table} {id}: the workflow {category} / {caseType} lacks {from}, so nothing leads on from there',
    'Publish a workflow that has {from}, or move the record with jalon.force_move(), which needs its own permission.'),
('JL103.outside', 'fr',
    '{table} {id} : le workflow {category} / {caseType} n''a pas {from}, donc rien n''en part',
    'Publiez un workflow qui a {from}, ou déplacez la fiche par jalon.force_move(), qui demande sa propre permission.');
