-- What authoring needs besides the workflows themselves: ready-made sets, own checks, and the words of the report.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.check_function (
    name text constraint check_function_pk primary key,
    category text constraint check_function_category_fk references jalon_engine.category (code) on delete cascade,
    function_name text not null,
    description text not null
);
comment on table jalon_engine.check_function is 'Checks of one''s own that a workflow must pass besides Jalon''s before it is published.';
comment on column jalon_engine.check_function.name is 'Name of the check.';
comment on column jalon_engine.check_function.category is 'Category it is for; empty for all.';
comment on column jalon_engine.check_function.function_name is 'schema.function (p_category text, p_case_type text, p_version integer) returns setof jalon_engine.finding.';
comment on column jalon_engine.check_function.description is 'What it requires.';
create index check_function_category_idx on jalon_engine.check_function (category);

create table jalon_engine.template (
    name text constraint template_pk primary key,
    label text not null,
    definition jsonb not null,
    position integer not null default 0,
    constraint definition_is_an_object check (jsonb_typeof(definition) = 'object')
);
comment on table jalon_engine.template is 'Ready-made referentials and workflows; jalon.apply_template puts one to use in a category.';
comment on column jalon_engine.template.name is 'Name of the template.';
comment on column jalon_engine.template.label is 'What it is for.';
comment on column jalon_engine.template.definition is 'The document that jalon.export_workflow writes, without its category, and the roles it uses.';
comment on column jalon_engine.template.position is 'Order in lists.';

create type jalon_engine.finding as (severity text, code text, subject text, message text);
grant usage on type jalon_engine.finding to jalon_dba;  -- what a check of one's own returns
comment on type jalon_engine.finding is 'One line of the report on a workflow: error or warning, what kind, about what, in words.';

create type jalon_engine.effect as (what text, subject text, records bigint, message text);
comment on type jalon_engine.effect is 'One line of what publishing or retiring a workflow does, or would do.';

insert into jalon_engine.error_code (sqlstate, http_status, title, description) values
('JL508', 409, 'Version is published', 'A published or retired version of a workflow never changes: change a draft and publish that.');

insert into jalon_engine.display_text (code, language, template, hint) values
('JL508', 'en', '{category} / {scope} version {version} is {state} and never changes', 'Begin a draft with jalon.draft(''{category}'', ''{scope}''), change that and publish it.'),
('JL508', 'fr', '{category} / {scope} version {version} est {state} et ne change plus', 'Ouvrez un brouillon avec jalon.draft(''{category}'', ''{scope}''), changez-le et publiez-le.'),
('JL407.rename', 'en', '{category}: the code {code} is in use and cannot be renamed', 'Add the new code, move the rows with jalon.publish(… mapping => …), then deactivate {code}.'),
('JL407.rename', 'fr', '{category} : le code {code} est utilisé et ne peut pas être renommé', 'Ajoutez le nouveau code, déplacez les lignes avec jalon.publish(… mapping => …), puis désactivez {code}.'),
('JL503.configuration', 'en', '{table} is configuration: {operation} is refused', 'Delete row by row; each deletion is remembered.'),
('JL503.configuration', 'fr', '{table} est de la configuration : {operation} est refusé', 'Supprimez ligne par ligne ; chaque suppression est retenue.'),
('JL402.template', 'en', 'there is no template {template}', 'Templates: {allowed}.'),
('JL402.template', 'fr', 'il n''y a pas de modèle {template}', 'Modèles : {allowed}.'),
('JL401.version', 'en', '{category} / {scope} has no version {version}', 'Versions: {allowed}.'),
('JL401.version', 'fr', '{category} / {scope} n''a pas de version {version}', 'Versions : {allowed}.'),
('draft.none', 'en', '{category} / {scope} has no draft', 'Begin one with jalon.draft(''{category}'', ''{scope}'').'),
('draft.none', 'fr', '{category} / {scope} n''a pas de brouillon', 'Ouvrez-en un avec jalon.draft(''{category}'', ''{scope}'').'),
('draft.exists', 'en', '{category} / {scope} has a draft already, begun by {who}', 'Work on it, or drop it with jalon.discard(''{category}'', ''{scope}'').'),
('draft.exists', 'fr', '{category} / {scope} a déjà un brouillon, ouvert par {who}', 'Travaillez dessus, ou abandonnez-le avec jalon.discard(''{category}'', ''{scope}'').'),
('draft.stale', 'en', 'the draft of {category} / {scope} is at revision {revision}, not at {expected}', 'Somebody edited it meanwhile: read it again.'),
('draft.stale', 'fr', 'le brouillon de {category} / {scope} est à la révision {revision}, et non à {expected}', 'Quelqu''un l''a modifié entre-temps : relisez-le.'),
('draft.unpublished', 'en', '{category} / {scope} has no published workflow', 'Published: {allowed}.'),
('draft.unpublished', 'fr', '{category} / {scope} n''a pas de workflow publié', 'Publiés : {allowed}.'),
('JL405.isolation', 'en', 'a workflow is published in read committed, not in {why}', 'An older snapshot would not see every row that the change is about.'),
('JL405.isolation', 'fr', 'un workflow se publie en read committed, et non en {why}', 'Un instantané plus ancien ne verrait pas toutes les lignes concernées.'),
('action.create', 'en', 'Create', null),
('action.create', 'fr', 'Créer', null),
('check.no_transitions', 'en', 'the workflow has no transitions', null),
('check.no_transitions', 'fr', 'le workflow n''a aucune transition', null),
('check.no_start', 'en', 'no record can begin: no transition of creation and no initial code', null),
('check.no_start', 'fr', 'aucun enregistrement ne peut commencer : ni transition de création, ni code initial', null),
('check.inactive', 'en', '{subject} leads to a deactivated code', null),
('check.inactive', 'fr', '{subject} mène à un code désactivé', null),
('check.arrival', 'en', '{subject} arrives at {to}, which no transition of the workflow uses', null),
('check.arrival', 'fr', '{subject} arrive à {to}, qu''aucune transition du workflow n''utilise', null),
('check.unreachable', 'en', '{subject} cannot be reached from creation', null),
('check.unreachable', 'fr', '{subject} est inaccessible depuis la création', null),
('check.dead_end', 'en', '{subject} is not final, and no final code can be reached from it', null),
('check.dead_end', 'fr', '{subject} n''est pas final, et aucun code final n''est accessible depuis lui', null),
('check.no_final', 'en', 'no code of the workflow is final: records never end', null),
('check.no_final', 'fr', 'aucun code du workflow n''est final : rien ne se termine jamais', null),
('check.leaves_final', 'en', '{subject} leaves a final code', null),
('check.leaves_final', 'fr', '{subject} quitte un code final', null),
('check.unused', 'en', '{subject} is active, but no workflow of the category uses it', null),
('check.unused', 'fr', '{subject} est actif, mais aucun workflow de la catégorie ne l''utilise', null),
('check.no_role', 'en', '{subject} names no role: nobody may take it', null),
('check.no_role', 'fr', '{subject} ne nomme aucun rôle : personne ne peut le prendre', null),
('check.unknown_role', 'en', '{subject} names the role {role}, which does not exist', null),
('check.unknown_role', 'fr', '{subject} nomme le rôle {role}, qui n''existe pas', null),
('check.nobody', 'en', '{subject}: nobody is granted {roles}; only a token could bring it', null),
('check.nobody', 'fr', '{subject} : personne n''a reçu {roles} ; seul un jeton pourrait l''apporter', null),
('check.out_of_reach', 'en', '{subject} can be reached only by transitions that nobody may take', null),
('check.out_of_reach', 'fr', '{subject} n''est accessible que par des transitions que personne ne peut faire', null),
('check.unknown_relation', 'en', '{subject} requires the relation {relation}, which {table} does not declare', null),
('check.unknown_relation', 'fr', '{subject} demande la relation {relation}, que {table} ne déclare pas', null),
('check.unknown_field', 'en', '{subject} requires {field}, which {table} does not have', null),
('check.unknown_field', 'fr', '{subject} demande {field}, que {table} n''a pas', null),
('check.guard', 'en', '{subject}: the guard {guard} is no function {function}(jsonb, jsonb, jsonb) returns text', null),
('check.guard', 'fr', '{subject} : la garde {guard} n''est pas une fonction {function}(jsonb, jsonb, jsonb) returns text', null),
('check.no_label', 'en', '{subject} has no label in {language}', null),
('check.no_label', 'fr', '{subject} n''a pas de libellé en {language}', null),
('check.no_action_label', 'en', 'the action {subject} has no label in {language}', null),
('check.no_action_label', 'fr', 'l''action {subject} n''a pas de libellé en {language}', null),
('check.action_twice', 'en', 'the action {action} leads from {subject} to several codes: {codes}', null),
('check.action_twice', 'fr', 'l''action {action} mène de {subject} à plusieurs codes : {codes}', null),
('check.own', 'en', 'the check {subject} is no function {function}(text, text, integer) returns setof jalon_engine.finding', null),
('check.own', 'fr', 'le contrôle {subject} n''est pas une fonction {function}(text, text, integer) returns setof jalon_engine.finding', null);
