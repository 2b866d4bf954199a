{#- A copy of all changes, renewed record by record. jalon_recap.records_since says which records to read again: nothing
    is lost that commits late, is dated back, corrected, erased or deleted. A model by changed_at loses all of these. -#}
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['tracked', 'record_key'],
    post_hook="delete from {{ this }} where version is null"
) }}

{%- set columns = ['tracked', 'record_key', 'column_name', 'category', 'case_type', 'old_code', 'new_code', 'version',
    'changed_at', 'stay_began', 'kind', 'changed_by', 'on_behalf_of', 'db_role', 'reason', 'workflow_version', 'bulk_id'] %}

with read_again as materialized (
    select r.tracked_table, r.record_key, r.next_cursor
    from jalon_recap.records_since(
        {%- if is_incremental() %}(select max(c.next_cursor) from {{ this }} c){% else %}null{% endif -%}
    ) r
),

found as (
    select {% for name in columns %}c.{{ name }}, {% endfor %}r.next_cursor
    from {{ source('jalon_history', 'changes') }} c
    join read_again r on r.tracked_table = c.tracked and r.record_key = c.record_key
    union all
    -- Without a record: all of the table. Without a table: all of them.
    select {% for name in columns %}c.{{ name }}, {% endfor %}r.next_cursor
    from {{ source('jalon_history', 'changes') }} c
    join read_again r on r.record_key is null and (r.tracked_table is null or r.tracked_table = c.tracked)
)

select
    f.*, f.category || ':' || f.old_code as old_status_key, f.category || ':' || f.new_code as new_status_key
from found f
{%- if is_incremental() %}
union all
-- Records that are gone with their history: a row without a version replaces theirs, and is deleted afterwards.
select distinct
    o.tracked, o.record_key, {% for name in columns[2:] %}null::{{ 'integer' if name in ('version', 'workflow_version')
        else 'timestamptz' if name in ('changed_at', 'stay_began') else 'uuid' if name == 'bulk_id'
        else 'text' }}, {% endfor %}r.next_cursor, null::text, null::text
from {{ this }} o
join read_again r on (r.tracked_table is null or r.tracked_table = o.tracked)
    and (r.record_key is null or r.record_key = o.record_key)
where not exists (select from found f where f.tracked = o.tracked and f.record_key = o.record_key)
{%- endif %}
