-- The status obeys its workflow, whoever writes. A proposition is archived, not deleted;
-- jalon.erase() is for people's data.
select jalon.track('jalon_propositions.proposition', 'status', category => 'PROPOSITION_STATUS',
    relations => '{"initiator": "author_id"}', resolver => 'jalon_engine.proposition_roles_of', on_delete => 'refuse');

create or replace trigger keep_edit after update on jalon_propositions.proposition
for each row when (old.edited_at is distinct from new.edited_at)
execute function jalon_engine.tg_record__keep_edit('proposition');
