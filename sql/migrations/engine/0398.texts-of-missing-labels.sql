-- A workflow whose codes lack labels has two ways out: the labels, or fewer languages.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('JL505.label', 'en', 'the workflow {category} / {caseType} has errors: {why}',
    'Give each code its label: select jalon.set_label(''{category}'', <code>, <language>, <label>). '
    'select * from jalon.workflow_check(''{category}'', ''{caseType}'') lists all errors.'),
('JL505.label', 'fr', 'le workflow {category} / {caseType} a des erreurs : {why}',
    'Donnez son libellé à chaque code : select jalon.set_label(''{category}'', <code>, <langue>, <libellé>). '
    'select * from jalon.workflow_check(''{category}'', ''{caseType}'') liste toutes les erreurs.'),
('JL505.language', 'en', 'the workflow {category} / {caseType} has errors: {why}',
    'Give each code its label: select jalon.set_label(''{category}'', <code>, <language>, <label>). '
    'Or keep only the languages in which all have one: select jalon.set_active_languages(''{{languages}}''). '
    'select * from jalon.workflow_check(''{category}'', ''{caseType}'') lists all errors.'),
('JL505.language', 'fr', 'le workflow {category} / {caseType} a des erreurs : {why}',
    'Donnez son libellé à chaque code : select jalon.set_label(''{category}'', <code>, <langue>, <libellé>). '
    'Ou gardez seulement les langues où tous en ont un : '
    'select jalon.set_active_languages(''{{languages}}''). '
    'select * from jalon.workflow_check(''{category}'', ''{caseType}'') liste toutes les erreurs.');
