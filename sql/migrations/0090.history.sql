-- What reading and keeping history needs besides the tables: the texts of its findings and refusals, and what the last
-- reload left, for jalon.verify to compare.
set local role jalon_owner;
set local lock_timeout = '5s';

grant usage on schema jalon to jalon_relay;  -- which makes partitions

create table jalon_install.function_digest (
    signature text constraint function_digest_pk primary key,
    digest text not null
);
comment on table jalon_install.function_digest is 'The functions of files as the last reload left them. Whoever alters one later is found out by jalon.verify.';
comment on column jalon_install.function_digest.signature is 'Function, with the types of its arguments.';
comment on column jalon_install.function_digest.digest is 'MD5 of its owner and its whole definition.';

create table jalon_install.installer (
    role_name name constraint installer_pk primary key,
    last_reload_at timestamptz not null default now()
);
comment on table jalon_install.installer is 'Logins that migrated this database: members of the owning roles by need.';
comment on column jalon_install.installer.role_name is 'Login.';
comment on column jalon_install.installer.last_reload_at is 'When it last reloaded functions and triggers.';
grant select on jalon_install.function_digest, jalon_install.installer to jalon_dba;

insert into jalon_engine.display_text (code, language, template, hint) values
('recap.week', 'en', '{week} is not an ISO week', 'Write it as 2026-W47.'),
('recap.week', 'fr', '{week} n''est pas une semaine ISO', 'Écrivez-la ainsi : 2026-W47.'),
('recap.time_zone', 'en', '{time_zone} is not a known time zone', 'Write it as Europe/Paris; pg_timezone_names lists them.'),
('recap.time_zone', 'fr', '{time_zone} n''est pas un fuseau horaire connu', 'Écrivez-le ainsi : Europe/Paris ; pg_timezone_names les énumère.'),
('keeping.keep', 'en', '{keep} is not a time to keep history for', 'A positive interval: 2 years.'),
('keeping.keep', 'fr', '{keep} n''est pas une durée de conservation', 'Un intervalle positif : 2 years.');

-- The findings of jalon.verify.
insert into jalon_engine.display_text (code, language, template, hint) values
('verify.table_missing', 'en', '{on} is not there any more; its triggers now stand on {found}', 'Rename it back, or untrack it and track it under its new name: history stays.'),
('verify.table_missing', 'fr', '{on} n''existe plus ; ses déclencheurs sont maintenant sur {found}', 'Rendez-lui son nom, ou cessez de la suivre et suivez-la sous son nouveau nom : l''historique reste.'),
('verify.history_missing', 'en', 'the history {on} is not there any more', 'Restore it, or untrack the table and track it again: its history then begins again.'),
('verify.history_missing', 'fr', 'l''historique {on} n''existe plus', 'Restaurez-le, ou cessez de suivre la table puis suivez-la à nouveau : son historique recommence.'),
('verify.column_missing', 'en', '{on} has no column {column} any more', 'Rename it back, or untrack the table and track it with the new name.'),
('verify.column_missing', 'fr', '{on} n''a plus de colonne {column}', 'Rendez-lui son nom, ou cessez de suivre la table puis suivez-la avec le nouveau nom.'),
('verify.column_altered', 'en', '{on}.{column} is now of type {type}, and was not when the table was tracked', 'Give it back its type, or untrack the table and track it again. Its rows were not looked at.'),
('verify.column_altered', 'fr', '{on}.{column} est maintenant du type {type}, et ne l''était pas quand la table a été suivie', 'Rendez-lui son type, ou cessez de suivre la table puis suivez-la à nouveau. Ses lignes n''ont pas été examinées.'),
('verify.trigger_missing', 'en', 'the trigger {trigger} is missing on {on}', 'select jalon.retrack_all(); puts it back. Rows written meanwhile show as code_differs or no_history.'),
('verify.trigger_missing', 'fr', 'le déclencheur {trigger} manque sur {on}', 'select jalon.retrack_all(); le remet. Les lignes écrites entre-temps paraissent en code_differs ou no_history.'),
('verify.trigger_disabled', 'en', 'the trigger {trigger} on {on} is disabled', 'alter table {on} enable trigger "{trigger}"; rows written meanwhile show as code_differs or no_history.'),
('verify.trigger_disabled', 'fr', 'le déclencheur {trigger} sur {on} est désactivé', 'alter table {on} enable trigger "{trigger}" ; les lignes écrites entre-temps paraissent en code_differs ou no_history.'),
('verify.trigger_altered', 'en', 'the trigger {trigger} on {on} is not as Jalon made it', 'select jalon.retrack_all(); as the table''s owner puts it right. On a history: drop it first.'),
('verify.trigger_altered', 'fr', 'le déclencheur {trigger} sur {on} n''est pas tel que Jalon l''a fait', 'select jalon.retrack_all() ; en tant que propriétaire de la table le remet. Sur un historique : supprimez-le d''abord.'),
('verify.trigger_late', 'en', 'the trigger {trigger} on {on} fires after Jalon has numbered the row', 'Rename it so that it sorts before ~jalon_before_insert.'),
('verify.trigger_late', 'fr', 'le déclencheur {trigger} sur {on} passe après que Jalon a numéroté la ligne', 'Renommez-le pour qu''il passe avant ~jalon_before_insert.'),
('verify.function_missing', 'en', '{function} is missing', 'select jalon.retrack_all(); makes it again.'),
('verify.function_missing', 'fr', '{function} manque', 'select jalon.retrack_all(); la refait.'),
('verify.function_altered', 'en', '{function} is not as it would be generated now', 'select jalon.retrack_all(); renews it. After a restore that is needed: tables have other numbers there. If nobody restored, upgraded or changed a declaration, ask who altered it.'),
('verify.function_altered', 'fr', '{function} n''est pas telle qu''elle serait générée maintenant', 'select jalon.retrack_all(); la renouvelle. Il le faut après une restauration, où les tables ont d''autres numéros. Si personne n''a restauré, mis à jour ni changé une déclaration, demandez qui l''a modifiée.'),
('verify.owner', 'en', '{object} belongs to {owner}', 'alter table {object} owner to jalon_historian;'),
('verify.owner', 'fr', '{object} appartient à {owner}', 'alter table {object} owner to jalon_historian;'),
('verify.granted', 'en', '{grantee} holds {privileges} on {object}', 'revoke {privileges} on {object} from {grantee};'),
('verify.granted', 'fr', '{grantee} a {privileges} sur {object}', 'revoke {privileges} on {object} from {grantee};'),
('verify.default_missing', 'en', '{on} has no default partition: a change outside its months fails', 'create table … partition of {on} default; or attach the one that was detached.'),
('verify.default_missing', 'fr', '{on} n''a pas de partition par défaut : un changement hors de ses mois échoue', 'create table … partition of {on} default ; ou rattachez celle qui a été détachée.'),
('verify.default_not_empty', 'en', 'rows in {on} that belong to no month: {count}', 'select * from jalon.ensure_partitions(); makes their months and moves them.'),
('verify.default_not_empty', 'fr', 'lignes de {on} qui ne sont d''aucun mois : {count}', 'select * from jalon.ensure_partitions(); crée leurs mois et les y déplace.'),
('verify.months_missing', 'en', 'no partition for {months}', 'select * from jalon.ensure_partitions(); let the relay or pg_cron do so.'),
('verify.months_missing', 'fr', 'pas de partition pour {months}', 'select * from jalon.ensure_partitions() ; confiez-le au relais ou à pg_cron.'),
('verify.rules_stale', 'en', 'the rules of {category} are not those of its published workflows', 'select jalon_engine.compile_rules(''{category}''); as jalon_owner.'),
('verify.rules_stale', 'fr', 'les règles de {category} ne sont pas celles de ses workflows publiés', 'select jalon_engine.compile_rules(''{category}''); en tant que jalon_owner.'),
('verify.key_not_unique', 'en', 'no unique index on {on}.{column} alone: two records may have one key, and one history', 'create unique index concurrently on {on} ({column})'),
('verify.key_not_unique', 'fr', 'pas d''index unique sur la seule colonne {on}.{column} : deux enregistrements peuvent avoir une clé, et un historique', 'create unique index concurrently on {on} ({column})'),
('verify.row_security', 'en', 'row level security hides rows of {on} from Jalon', 'alter table {on} disable row level security; its history would show what the policies hide, and its rows were not looked at.'),
('verify.row_security', 'fr', 'la sécurité par ligne cache à Jalon des lignes de {on}', 'alter table {on} disable row level security ; son historique montrerait ce que les politiques cachent, et ses lignes n''ont pas été examinées.'),
('verify.unreadable', 'en', 'jalon_owner may not read {on}', 'grant select on {on} to jalon_owner;'),
('verify.unreadable', 'fr', 'jalon_owner n''a pas le droit de lire {on}', 'grant select on {on} to jalon_owner;'),
('verify.no_history', 'en', 'rows without a history row for their version: {count} ({keys})', 'They were written with triggers off. Set them right with a forced move that says so.'),
('verify.no_history', 'fr', 'lignes sans ligne d''historique pour leur version : {count} ({keys})', 'Elles ont été écrites sans déclencheurs. Corrigez-les par un déplacement forcé qui le dit.'),
('verify.code_differs', 'en', 'rows that stand on other codes than their last history row says: {count} ({keys})', 'They were changed with triggers off. Set them right with a forced move that says so.'),
('verify.code_differs', 'fr', 'lignes qui ont d''autres codes que leur dernière ligne d''historique : {count} ({keys})', 'Elles ont été changées sans déclencheurs. Corrigez-les par un déplacement forcé qui le dit.'),
('verify.chain_broken', 'en', 'history rows that do not follow from the row before: {count} ({keys})', 'History was deleted, altered or imported by hand. Restore those months from a backup, or keep this on record.'),
('verify.chain_broken', 'fr', 'lignes d''historique qui ne suivent pas la précédente : {count} ({keys})', 'L''historique a été supprimé, modifié ou importé à la main. Restaurez ces mois d''une sauvegarde, ou gardez-en trace.'),
('verify.loose_end', 'en', 'records that end in history otherwise than in the table: {count} ({keys})', 'Their rows were deleted or changed with triggers off, or history was written by hand.'),
('verify.loose_end', 'fr', 'enregistrements qui finissent autrement dans l''historique que dans la table : {count} ({keys})', 'Leurs lignes ont été supprimées ou changées sans déclencheurs, ou l''historique écrit à la main.'),
('verify.function_replaced', 'en', '{function} is not as the last reload left it', '`jalon migrate --reload` renews it. Ask who altered it: only a superuser or a member of jalon_owner can.'),
('verify.function_replaced', 'fr', '{function} n''est pas telle que le dernier rechargement l''a laissée', '`jalon migrate --reload` la renouvelle. Demandez qui l''a modifiée : seul un superutilisateur ou un membre de jalon_owner le peut.'),
('verify.function_foreign', 'en', '{function} lies in a schema of Jalon''s, and Jalon did not make it', 'drop function {function}; or move it to a schema of your own.'),
('verify.function_foreign', 'fr', '{function} est dans un schéma de Jalon, et Jalon ne l''a pas faite', 'drop function {function} ; ou déplacez-la dans un schéma à vous.'),
('verify.history_object', 'en', 'on a history, and not Jalon''s: {object}', 'Drop it: it can alter, hide or refuse what is recorded.'),
('verify.history_object', 'fr', 'sur un historique, et pas de Jalon : {object}', 'Supprimez-le : il peut altérer, cacher ou refuser ce qui est consigné.'),
('verify.member', 'en', '{role} is a member of {owner} and can act as it', 'revoke {owner} from {role}; only logins that migrate need this.'),
('verify.member', 'fr', '{role} est membre de {owner} et peut agir comme lui', 'revoke {owner} from {role} ; seuls les comptes qui migrent en ont besoin.'),
('verify.workflow_altered', 'en', 'the workflow {category} {scope} v{version} is not the one that was published', 'Its transitions were written past the triggers. Publish a version that says what is meant.'),
('verify.workflow_altered', 'fr', 'le workflow {category} {scope} v{version} n''est pas celui qui a été publié', 'Ses transitions ont été écrites sans déclencheurs. Publiez une version qui dise ce qui est voulu.'),
('verify.transition', 'en', 'changes that the workflow version they name does not allow, or forced ones without a reason: {count} ({keys})', 'They were written past the triggers. Keep this on record, or set the records right with a forced move that says so.'),
('verify.transition', 'fr', 'changements que la version du workflow qu''ils nomment ne permet pas, ou forcés sans motif : {count} ({keys})', 'Ils ont été écrits sans déclencheurs. Gardez-en trace, ou corrigez les fiches par un déplacement forcé qui le dit.'),
('verify.time_order', 'en', 'changes that are not later than the one before: {count} ({keys})', 'Their times were altered by hand. Restore those months from a backup, or keep this on record.'),
('verify.time_order', 'fr', 'changements qui ne sont pas postérieurs au précédent : {count} ({keys})', 'Leurs dates ont été modifiées à la main. Restaurez ces mois d''une sauvegarde, ou gardez-en trace.'),
('verify.deletion_false', 'en', 'deletions of records that lived on: {count} ({keys})', 'jalon_history.deletion was written by hand, or its times or those of history were altered.'),
('verify.deletion_false', 'fr', 'suppressions de fiches qui ont vécu ensuite : {count} ({keys})', 'jalon_history.deletion a été écrit à la main, ou ses dates ou celles de l''historique ont été modifiées.'),
('verify.deletion_unknown', 'en', 'deletions of records that history does not know: {count} ({keys})', 'The history of these records was deleted, or jalon_history.deletion was written by hand.'),
('verify.deletion_unknown', 'fr', 'suppressions de fiches que l''historique ne connaît pas : {count} ({keys})', 'L''historique de ces fiches a été supprimé, ou jalon_history.deletion écrit à la main.'),
('verify.failed', 'en', 'the table could not be proved: {error}', 'Mend what the error names; the rest of its proof was left out.'),
('verify.failed', 'fr', 'la table n''a pas pu être vérifiée : {error}', 'Corrigez ce que l''erreur nomme ; le reste de la vérification a été omis.'),
('verify.replication_role', 'en', '{setting} is set for {role}: Jalon''s triggers do not fire in its sessions', 'alter role … reset session_replication_role;'),
('verify.replication_role', 'fr', '{setting} est réglé pour {role} : les déclencheurs de Jalon ne passent pas dans ses sessions', 'alter role … reset session_replication_role;');
