-- What dossiers say. A message called dossier.<code> is the table's own wording of that refusal; the first three texts
-- are given by the interface, to the letter.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('dossier.JL402', 'en', 'Invalid statusCode: ''{to}''. Status code does not exist in {category} referential.',
    'Allowed here: {allowed}.'),
('dossier.JL402', 'fr',
    'statusCode invalide : ''{to}''. Ce code de statut n''existe pas dans le référentiel {category}.',
    'Permis ici : {allowed}.'),
('dossier.case_type_unknown', 'en', 'Invalid caseType: ''{to}''. Case type does not exist in {category} referential.',
    'Case types: {allowed}.'),
('dossier.case_type_unknown', 'fr',
    'caseType invalide : ''{to}''. Ce type de dossier n''existe pas dans le référentiel {category}.',
    'Types de dossier : {allowed}.'),
('dossier.JL406', 'en',
    'Invalid statusCode: ''{to}'' for caseType: ''{caseType}''. Allowed status codes for this case type '
    'are: {codes}',
    null),
('dossier.JL406', 'fr',
    'statusCode invalide : ''{to}'' pour caseType : ''{caseType}''. Codes de statut permis pour ce type '
    'de dossier : {codes}', null),
('dossier.JL403', 'en', 'Invalid statusCode: ''{to}''. Status code is not active in {category} referential.',
    'Allowed here: {allowed}.'),
('dossier.JL403', 'fr',
    'statusCode invalide : ''{to}''. Ce code de statut n''est pas actif dans le référentiel {category}.',
    'Permis ici : {allowed}.'),
('dossier.case_type_inactive', 'en', 'Invalid caseType: ''{to}''. Case type is not active in {category} referential.',
    'Case types: {allowed}.'),
('dossier.case_type_inactive', 'fr',
    'caseType invalide : ''{to}''. Ce type de dossier n''est pas actif dans le référentiel {category}.',
    'Types de dossier : {allowed}.'),
('dossier.JL101', 'en',
    'Invalid statusCode: ''{to}'' for caseType: ''{caseType}''. It cannot follow ''{from}''. Allowed status codes '
    'from ''{from}'' are: {allowed}', null),
('dossier.JL101', 'fr',
    'statusCode invalide : ''{to}'' pour caseType : ''{caseType}''. Il ne peut pas suivre ''{from}''. Codes '
    'de statut permis depuis ''{from}'' : {allowed}', null),
('dossier.JL101.create', 'en',
    'Invalid statusCode: ''{to}'' for caseType: ''{caseType}''. A dossier cannot begin with it. Allowed status codes '
    'on creation are: {allowed}', null),
('dossier.JL101.create', 'fr',
    'statusCode invalide : ''{to}'' pour caseType : ''{caseType}''. Un dossier ne peut pas commencer par lui. '
    'Codes de statut permis à la création : {allowed}', null),
('dossier.JL103', 'en',
    'Invalid statusCode: ''{to}'' for caseType: ''{caseType}''. Nothing can follow ''{from}'': it is final.', null),
('dossier.JL103', 'fr',
    'statusCode invalide : ''{to}'' pour caseType : ''{caseType}''. Rien ne peut suivre ''{from}'' : il est '
    'final.', null),
('dossier.JL102', 'en',
    'Stale version: the dossier is at statusCode: ''{from}'' (version {version}), not at {expected}. Allowed status '
    'codes from ''{from}'' are: {allowed}', 'Read it again; what happened meanwhile is in missed.'),
('dossier.JL102', 'fr',
    'Version périmée : le dossier est à statusCode : ''{from}'' (version {version}), et non à {expected}. Codes '
    'de statut permis depuis ''{from}'' : {allowed}', 'Relisez-le ; ce qui s''est passé entre-temps est dans missed.'),
('dossier.JL410', 'en',
    'Stale version: the dossier is at {etag}, not at {expected}. Allowed status codes from ''{from}'' are: {allowed}',
    'Read it again.'),
('dossier.JL410', 'fr',
    'Version périmée : le dossier est à {etag}, et non à {expected}. Codes de statut permis depuis ''{from}'' '
    ': {allowed}', 'Relisez-le.'),
('dossier.JL401', 'en', 'Dossier not found: ''{id}''.', null),
('dossier.JL401', 'fr', 'Dossier introuvable : ''{id}''.', null),
('dossier.status_unknown', 'en', 'Invalid status: ''{to}''. Status does not exist in {category} referential.',
    'Statuses: {allowed}.'),
('dossier.status_unknown', 'fr', 'status invalide : ''{to}''. Ce statut n''existe pas dans le référentiel {category}.',
    'Statuts : {allowed}.'),
('dossier.status_without_code', 'en',
    'Invalid status: ''{to}'' for caseType: ''{caseType}''. No status code of this case type stands for it. Allowed '
    'statuses are: {allowed}', null),
('dossier.status_without_code', 'fr',
    'status invalide : ''{to}'' pour caseType : ''{caseType}''. Aucun code de statut de ce type de dossier ne le '
    'représente. Statuts permis : {allowed}', null),
('dossier.contradiction', 'en',
    'Contradicting status: ''{status}'' and statusCode: ''{to}''. The status of this status code is ''{meant}''.',
    'Send one of them, or both in step.'),
('dossier.contradiction', 'fr',
    'status : ''{status}'' et statusCode : ''{to}'' se contredisent. Le statut de ce code est ''{meant}''.',
    'Envoyez l''un des deux, ou les deux en accord.'),
('dossier.status_missing', 'en', 'Missing status: give status, statusCode or both.', null),
('dossier.status_missing', 'fr', 'Statut manquant : donnez status, statusCode ou les deux.', null),
('dossier.first_of_many', 'en', '{detail}', 'No dossier was changed; items says what is to be said of each.'),
('dossier.first_of_many', 'fr', '{detail}', 'Aucun dossier n''a changé ; items dit ce qu''il en est de chacun.'),
('dossier.JL101.case_type', 'en',
    'Invalid statusCode: ''{to}'' for caseType: ''{caseType}''. Allowed status codes for a dossier that comes from '
    '''{from}'' are: {allowed}', null),
('dossier.JL101.case_type', 'fr',
    'statusCode invalide : ''{to}'' pour caseType : ''{caseType}''. Codes de statut permis à un dossier qui vient '
    'de ''{from}'' : {allowed}', null);
