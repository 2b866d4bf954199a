-- What the columns of a history table hold, for its readers.

create or replace function jalon_engine.history_comment(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_column = p_tracked.history_key then 'Key of the record.'
        when p_column = p_tracked.workflow_column then jalon_engine.case_type_comment()
        when p_column like 'old\_%' then format('%s before; empty on creation.', initcap(substr(p_column, 5)))
        when p_column like 'new\_%' then format('%s after.', initcap(substr(p_column, 5)))
        else (jsonb_build_object(
            'id', 'Identifier.', 'changed_at', 'When the change was made.',
            'previous_changed_at', 'When the stay that this change ends had begun.', 'changed_by', 'Who made it.',
            'reason', 'Why.', 'meta_data', 'Whatever else the writer gave along, as JSON.',
            'version', 'The record''s version after the change: 1, 2, 3, … without gaps.',
            'workflow_version', 'Version of the workflow that allowed it; 0 where the category is free.',
            'kind', 'create, move, force, migration, import, backfill, timer or test.',
            'on_behalf_of', 'For whom it was made, where another acted.', 'db_role', 'Database login it came through.',
            'bulk_id', 'The bulk call that it was part of.',
            'transaction_id', 'Transaction that wrote it.')) ->> p_column
    end
$$;
comment on function jalon_engine.history_comment(jalon_engine.tracked, text) is
'What a column of a history table holds.';

create or replace function jalon_engine.case_type_comment()
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select 'Case type after the change.' $$;
comment on function jalon_engine.case_type_comment() is
'What the column of a history that holds the case type is commented with: it is found by that.';
