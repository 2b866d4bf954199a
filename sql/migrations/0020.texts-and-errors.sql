-- Every text that a person or a program reads from the engine is a row: error codes, messages in
-- each language, settings. Functions name the code; the words live here.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.language (
    code text constraint language_pk primary key,
    label text not null,
    position integer not null default 0,
    is_active boolean not null default true,
    is_default boolean not null default false,
    constraint code_is_a_language_tag check (code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$')
);
comment on table jalon_engine.language is 'Languages in which labels and messages exist; any other is added by a row.';
comment on column jalon_engine.language.code is 'Language tag, lower case (fr, en, pt-BR).';
comment on column jalon_engine.language.label is 'The language''s own name.';
comment on column jalon_engine.language.position is 'Order in lists.';
comment on column jalon_engine.language.is_active is 'Whether a published workflow must have labels in it.';
comment on column jalon_engine.language.is_default is 'The language used where the reader''s own has no text.';
create unique index one_language_is_the_default on jalon_engine.language (is_default) where is_default;
insert into jalon_engine.language (code, label, position, is_default)
values ('en', 'English', 1, true), ('fr', 'Français', 2, false);

create table jalon_engine.error_code (
    sqlstate text constraint error_code_pk primary key,
    http_status integer not null,
    title text not null,
    description text not null,
    constraint sqlstate_is_ours check (sqlstate ~ '^JL[1-5][0-9]{2}$'),
    constraint http_status_is_an_error check (http_status between 400 and 599)
);
comment on table jalon_engine.error_code is 'The registry of SQLSTATEs that Jalon raises; it drives functions, HTTP, OpenAPI and the documents.';
comment on column jalon_engine.error_code.sqlstate is 'The SQLSTATE a caller branches on.';
comment on column jalon_engine.error_code.http_status is 'The HTTP status the web application answers with.';
comment on column jalon_engine.error_code.title is 'Short name of the error.';
comment on column jalon_engine.error_code.description is 'What it means and what to do about it.';

create table jalon_engine.display_text (
    code text not null,
    language text not null constraint message_language_fk references jalon_engine.language (code),
    template text not null,
    hint text,
    constraint message_pk primary key (code, language)
);
comment on table jalon_engine.display_text is 'Texts by code and language; {names} in a template are filled from the parameters of the moment.';
comment on column jalon_engine.display_text.code is 'A SQLSTATE, or a dotted name of a module''s own text.';
comment on column jalon_engine.display_text.language is 'Language of the text.';
comment on column jalon_engine.display_text.template is 'The text with {placeholders}.';
comment on column jalon_engine.display_text.hint is 'What the reader may do next, with {placeholders}.';
create index message_language_idx on jalon_engine.display_text (language);

create table jalon_engine.setting (
    name text constraint setting_pk primary key,
    value jsonb not null,
    description text not null
);
comment on table jalon_engine.setting is 'Settings of the engine that live with the data, not with a process.';
comment on column jalon_engine.setting.name is 'Dotted name of the setting.';
comment on column jalon_engine.setting.value is 'Its value as JSON.';
comment on column jalon_engine.setting.description is 'What it changes.';

create type jalon_engine.answer as (status integer, body json, etag text, headers jsonb);
comment on type jalon_engine.answer is 'What every function of schema jalon_api returns: an HTTP status, the body as sent, its ETag, further headers.';

create type jalon_engine.context as (
    actor text, roles text[], reason text, kind text, meta jsonb, bulk_id uuid, on_behalf_of text, db_role text, named_by text
);
comment on type jalon_engine.context is 'Who acts, in which roles of the token, why, how the change is to be marked, and what named them: c a call, a the application, t or s a DBA, empty the login itself.';

create type jalon_engine.moved as (
    tracked text, id text, column_name text, old_code text, new_code text, version integer, changed_at timestamptz, has_changed boolean
);
comment on type jalon_engine.moved is 'The outcome of one move.';

insert into jalon_engine.error_code (sqlstate, http_status, title, description) values
('JL101', 409, 'No such move', 'The workflow has no transition from the current code to the wanted one. DETAIL lists the allowed ones.'),
('JL102', 409, 'Somebody was faster', 'The record is no longer where the caller believed it to be. DETAIL lists the moves that were missed.'),
('JL103', 409, 'Final', 'The record stands on a final code: nothing leads on from there.'),
('JL201', 401, 'Nobody is named', 'A change needs an actor. The web application names one with each call.'),
('JL202', 403, 'Role missing', 'The transition exists, but the actor holds none of the roles that may take it.'),
('JL203', 403, 'Permission missing', 'The actor''s roles do not carry the permission that this needs.'),
('JL204', 403, 'Not in this relation', 'The transition is for those who stand in a certain relation to the record.'),
('JL301', 422, 'Reason missing', 'The transition requires a reason.'),
('JL302', 422, 'Field missing', 'The transition requires fields that are empty.'),
('JL303', 409, 'Refused by a guard', 'A guard function refuses the move; its blocker says why.'),
('JL401', 404, 'Unknown record', 'No such record, or none that the caller may see.'),
('JL402', 400, 'Unknown code', 'The referential has no such code.'),
('JL403', 400, 'Inactive code', 'The code is deactivated: rows may leave it, none may enter.'),
('JL404', 404, 'Not tracked', 'No tracked table of that name.'),
('JL405', 400, 'Invalid input', 'The input is malformed; DETAIL names the field.'),
('JL406', 400, 'Code outside the workflow', 'The code exists, but the workflow of this case type does not use it.'),
('JL407', 409, 'Code in use', 'A code that rows or history use can be deactivated, not deleted.'),
('JL410', 412, 'Precondition failed', 'The record''s version is not the one in If-Match.'),
('JL411', 428, 'Precondition required', 'This move needs If-Match or an expected version.'),
('JL412', 422, 'Idempotency key reused', 'The same key came before with another request.'),
('JL501', 409, 'Key changed', 'The key (or the partition key) of a tracked row cannot be changed: its history hangs on it.'),
('JL502', 403, 'History is append-only', 'History rows are written once and never changed.'),
('JL503', 403, 'Not to be emptied', 'A tracked table is not truncated, and its rows are not deleted, where that is not declared.'),
('JL504', 400, 'Cannot be tracked', 'The table does not fit; the message says what is in the way.'),
('JL505', 422, 'Workflow invalid', 'The draft has errors; DETAIL lists the findings.'),
('JL506', 409, 'Records would have no place', 'Rows stand on codes that the new version lacks, and no mapping says where they go.'),
('JL205', 403, 'Name not sealed', 'The settings say who acts, but entering did not make them: somebody wrote them by hand, or changed them since.'),
('JL206', 403, 'Not a call of its own', 'A call of the web application was made from within another one, or after one in the same transaction.'),
('JL207', 409, 'Kept from it', 'The table''s own policies or triggers kept the row from being updated.'),
('JL409', 400, 'Unknown case type', 'No workflow is published for this case type, nor one for all.'),
('JL507', 409, 'Numbers altered', 'Something wrote the record''s key, status, version or time after Jalon had set them: another trigger fires too late.'),
('JL510', 403, 'Trigger misplaced', 'A generated trigger function works on its own table, under its own name. After a restore, jalon migrate --reload makes them again.'),
('JL509', 409, 'Moved between partitions', 'A record of a partitioned table cannot end and begin again in one transaction: that is how a change of partition looks.');

insert into jalon_engine.display_text (code, language, template, hint) values
('JL101', 'en', '{table} {id}: {from} -> {to} is not a transition of the workflow', 'Allowed from {from}: {allowed}.'),
('JL101', 'fr', '{table} {id} : {from} -> {to} n''est pas une transition autorisée', 'Permis depuis {from} : {allowed}.'),
('JL101.create', 'en', '{table}: a record cannot begin as {to}', 'It may begin as: {allowed}.'),
('JL101.create', 'fr', '{table} : un enregistrement ne peut pas commencer à {to}', 'Il peut commencer à : {allowed}.'),
('JL102', 'en', '{table} {id} is at {from} (version {version}), not at {expected}', 'Read it again; what happened meanwhile is in DETAIL. Allowed now: {allowed}.'),
('JL102', 'fr', '{table} {id} est à {from} (version {version}), et non à {expected}', 'Relisez-le ; ce qui s''est passé entre-temps est dans DETAIL. Permis maintenant : {allowed}.'),
('JL103', 'en', '{table} {id}: {from} is final', 'Nothing leads on from {from}; a forced move needs its own permission.'),
('JL103', 'fr', '{table} {id} : {from} est final', 'Rien ne part de {from} ; un déplacement forcé demande sa propre permission.'),
('JL201', 'en', 'nobody is named as the actor of this change', 'The web application passes the actor with each call; in psql: select jalon.act_as(''name'').'),
('JL201', 'fr', 'personne n''est nommé comme auteur de ce changement', 'L''application passe l''acteur à chaque appel ; dans psql : select jalon.act_as(''nom'').'),
('JL202', 'en', '{actor} may not move {table} {id} from {from} to {to}: it needs one of the roles {roles}', 'Allowed from {from} for {actor}: {allowed}.'),
('JL202', 'fr', '{actor} ne peut pas faire passer {table} {id} de {from} à {to} : il faut l''un des rôles {roles}', 'Permis depuis {from} pour {actor} : {allowed}.'),
('JL203', 'en', '{actor} lacks the permission {permission}', 'Roles that carry it: {roles}.'),
('JL203', 'fr', '{actor} n''a pas la permission {permission}', 'Rôles qui la portent : {roles}.'),
('JL204', 'en', '{actor} may not move {table} {id} from {from} to {to}: it is for the relation {relation}', 'Allowed from {from} for {actor}: {allowed}.'),
('JL204', 'fr', '{actor} ne peut pas faire passer {table} {id} de {from} à {to} : c''est réservé à la relation {relation}', 'Permis depuis {from} pour {actor} : {allowed}.'),
('JL301', 'en', '{table} {id}: the move from {from} to {to} needs a reason', 'Give a reason: set jalon.reason, or the argument reason.'),
('JL301', 'fr', '{table} {id} : la transition de {from} à {to} demande une raison', 'Donnez une raison : set jalon.reason, ou l''argument reason.'),
('JL302', 'en', '{table} {id}: the move from {from} to {to} needs {fields}', 'Fill them in the same change or before.'),
('JL302', 'fr', '{table} {id} : la transition de {from} à {to} demande {fields}', 'Remplissez-les dans le même changement ou avant.'),
('JL303', 'en', '{table} {id}: {guard} refuses the move from {from} to {to}: {why}', 'Allowed from {from}: {allowed}.'),
('JL303', 'fr', '{table} {id} : {guard} refuse la transition de {from} à {to} : {why}', 'Permis depuis {from} : {allowed}.'),
('JL401', 'en', '{table} has no record {id}', null),
('JL401', 'fr', '{table} n''a pas d''enregistrement {id}', null),
('JL402', 'en', '{category} has no code {to}', 'Allowed here: {allowed}.'),
('JL402', 'fr', '{category} n''a pas de code {to}', 'Permis ici : {allowed}.'),
('JL402.empty', 'en', '{table} {id}: {column} cannot be empty', 'Allowed here: {allowed}.'),
('JL402.empty', 'fr', '{table} {id} : {column} ne peut pas être vide', 'Permis ici : {allowed}.'),
('JL402.category', 'en', 'there is no category {category}', 'Categories: {allowed}.'),
('JL402.category', 'fr', 'il n''y a pas de catégorie {category}', 'Catégories : {allowed}.'),
('JL403', 'en', '{category}: the code {to} is no longer active', 'Allowed here: {allowed}.'),
('JL403', 'fr', '{category} : le code {to} n''est plus actif', 'Permis ici : {allowed}.'),
('JL404', 'en', '{table} is not a tracked table', 'Tracked: {allowed}. Put a table under Jalon with jalon.track().'),
('JL404', 'fr', '{table} n''est pas une table suivie', 'Suivies : {allowed}. Suivez une table avec jalon.track().'),
('JL405', 'en', '{field}: {why}', null),
('JL405', 'fr', '{field} : {why}', null),
('JL406', 'en', 'the workflow of {scope} does not use the code {to}', 'Allowed here: {allowed}.'),
('JL406', 'fr', 'le workflow de {scope} n''utilise pas le code {to}', 'Permis ici : {allowed}.'),
('JL407', 'en', '{category}: the code {code} is in use and cannot be deleted', 'Deactivate it: select jalon.deactivate(''{category}'', ''{code}'').'),
('JL407', 'fr', '{category} : le code {code} est utilisé et ne peut pas être supprimé', 'Désactivez-le : select jalon.deactivate(''{category}'', ''{code}'').'),
('JL410', 'en', '{table} {id} is at version {version}, not at {expected}', 'Read it again. Allowed now: {allowed}.'),
('JL410', 'fr', '{table} {id} est à la version {version}, et non à {expected}', 'Relisez-le. Permis maintenant : {allowed}.'),
('JL411', 'en', 'this needs If-Match with the record''s ETag', 'Read the record and send its ETag.'),
('JL411', 'fr', 'il faut If-Match avec l''ETag de l''enregistrement', 'Lisez l''enregistrement et renvoyez son ETag.'),
('JL412', 'en', 'the Idempotency-Key {key} was used for another request', 'Use a new key for a new request.'),
('JL412', 'fr', 'l''Idempotency-Key {key} a déjà servi pour une autre requête', 'Prenez une nouvelle clé pour une nouvelle requête.'),
('JL501', 'en', '{table}: {column} of a tracked row cannot be changed', 'Delete and insert instead; the history hangs on the key.'),
('JL501', 'fr', '{table} : {column} d''une ligne suivie ne peut pas être changée', 'Supprimez puis insérez ; l''historique tient à la clé.'),
('JL502', 'en', '{table} is append-only: {operation} is refused', 'Old months leave through jalon.retain(), people through jalon.erase().'),
('JL502', 'fr', '{table} est en ajout seul : {operation} est refusé', 'Les vieux mois partent par jalon.retain(), les personnes par jalon.erase().'),
('JL503', 'en', '{table} is tracked: {operation} is refused', 'Who holds the permission erase may; see jalon.erase().'),
('JL503', 'fr', '{table} est suivie : {operation} est refusé', 'Qui a la permission erase le peut ; voir jalon.erase().'),
('JL504', 'en', '{table} cannot be tracked: {why}', null),
('JL504', 'fr', '{table} ne peut pas être suivie : {why}', null),
('JL504.renamed', 'en', '{table} is tracked: {column} cannot be renamed', 'jalon.untrack() it, rename, track it again; its history stays.'),
('JL504.renamed', 'fr', '{table} est suivie : {column} ne peut pas être renommé', 'jalon.untrack(), renommez, suivez-la de nouveau ; son historique reste.'),
('JL505', 'en', 'the workflow {category} / {scope} has errors: {why}', 'select * from jalon.workflow_check(''{category}'', ''{scope}'') lists them.'),
('JL505', 'fr', 'le workflow {category} / {scope} a des erreurs : {why}', 'select * from jalon.workflow_check(''{category}'', ''{scope}'') les énumère.'),
('JL506', 'en', '{category} / {scope}: rows stand on {codes}, which the new version lacks', 'Give a mapping from each of them to a code of the new version.'),
('JL506', 'fr', '{category} / {scope} : des lignes sont à {codes}, absents de la nouvelle version', 'Donnez une correspondance de chacun vers un code de la nouvelle version.'),
('JL507', 'en', '{table} {id}: key, status, version or time were changed after Jalon had set them', 'Another trigger fires later than ~jalon_before_update; rename it so that it sorts before.'),
('JL507', 'fr', '{table} {id} : clé, statut, version ou heure ont été changés après Jalon', 'Un autre déclencheur passe après ~jalon_before_update ; renommez-le pour qu''il passe avant.'),
('JL501.twice', 'en', '{table} {id} is there already', 'A record has one row; its key cannot be used in another partition.'),
('JL501.twice', 'fr', '{table} {id} existe déjà', 'Un enregistrement a une seule ligne ; sa clé ne peut servir dans une autre partition.'),
('JL205', 'en', 'who acts is not sealed: the settings jalon.… were written by hand', 'Name the actor by jalon.acting() for a transaction, or jalon.act_as() for a DBA''s session.'),
('JL205', 'fr', 'l''auteur n''est pas scellé : les réglages jalon.… ont été écrits à la main', 'Nommez l''auteur par jalon.acting() pour une transaction, ou jalon.act_as() pour la session d''un DBA.'),
('JL206', 'en', 'a call of the web application stands alone: this transaction has written already', 'Code of a table may change rows, which is checked as any change; it cannot call the web application.'),
('JL206', 'fr', 'un appel de l''application web est seul dans sa transaction : celle-ci a déjà écrit', 'Le code d''une table peut changer des lignes, ce qui est vérifié ; il ne peut pas appeler l''application web.'),
('JL207', 'en', '{table} {id}: the table''s own policies or triggers kept the row from being updated', 'Ask the owner of the table.'),
('JL207', 'fr', '{table} {id} : les règles ou déclencheurs de la table ont empêché la mise à jour', 'Demandez au propriétaire de la table.'),
('JL409', 'en', '{table} {id}: there is no workflow for the case type {caseType}', 'Case types with a workflow: {allowed}.'),
('JL409', 'fr', '{table} {id} : aucun workflow pour le type {caseType}', 'Types qui ont un workflow : {allowed}.'),
('JL510', 'en', '{on}: the trigger {trigger} calls a function that Jalon made for {table}', 'Drop that trigger. After a restore: jalon migrate --reload.'),
('JL510', 'fr', '{on} : le déclencheur {trigger} appelle une fonction que Jalon a faite pour {table}', 'Supprimez ce déclencheur. Après une restauration : jalon migrate --reload.'),
('JL509', 'en', '{table} {id} would end and begin again in one transaction', 'A record stays in its partition; to move it, delete it and insert it in another transaction.'),
('JL509', 'fr', '{table} {id} finirait et recommencerait dans une même transaction', 'Un enregistrement reste dans sa partition ; pour le déplacer, supprimez-le puis insérez-le dans une autre transaction.'),
('JL101.case_type', 'en', '{table} {id}: a record at {from} does not arrive at {to} in the case type {caseType}', 'It may arrive at: {allowed}.'),
('JL101.case_type', 'fr', '{table} {id} : un enregistrement à {from} n''arrive pas à {to} dans le type {caseType}', 'Il peut arriver à : {allowed}.'),
('life.overlaps', 'en', '{table} {id} was deleted after this transaction had begun to create it again; try again', null),
('life.overlaps', 'fr', '{table} {id} a été supprimé après que cette transaction a commencé à le recréer ; réessayez', null),
('move.column', 'en', '{column} is not a status column of {table}', null),
('move.column', 'fr', '{column} n''est pas une colonne de statut de {table}', null),
('callable.missing', 'en', 'the function {function} does not exist', null),
('callable.missing', 'fr', 'la fonction {function} n''existe pas', null),
('callable.invoker', 'en', 'the function {function} must be SECURITY DEFINER, so that it runs as its own owner', null),
('callable.invoker', 'fr', 'la fonction {function} doit être SECURITY DEFINER, pour s''exécuter au nom de son propriétaire', null),
('callable.owner', 'en', 'the function {function} must not belong to one of Jalon''s roles', null),
('callable.owner', 'fr', 'la fonction {function} ne doit pas appartenir à un rôle de Jalon', null),
('callable.public', 'en', 'the function {function} may be executed by everybody; revoke execute from public and grant it to jalon_owner', null),
('callable.public', 'fr', 'la fonction {function} peut être exécutée par tous ; révoquez execute de public et accordez-le à jalon_owner', null),
('callable.schema', 'en', 'others may create functions in the schema of {function}; revoke create on that schema', null),
('callable.schema', 'fr', 'd''autres peuvent créer des fonctions dans le schéma de {function} ; révoquez create sur ce schéma', null);
grant select on jalon_engine.setting to jalon_historian;
