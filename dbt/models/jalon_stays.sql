{#- Where each record stood, from when until when: a slowly changing dimension of type 2 with every step in it. A
    snapshot has the steps that stood when it ran. -#}
{{ config(materialized='table') }}

select
    md5(concat_ws('/', s.tracked, s.record_key, s.column_name, s.version, s.valid_from)) as stay_key,
    s.tracked, s.record_key, s.column_name, s.category, s.case_type, s.code, s.status_key, s.valid_from, s.valid_to,
    s.valid_to is null as is_current, s.version, s.kind, s.changed_by, s.reason
from (
    select
        c.tracked, c.record_key, c.column_name, c.category, c.case_type, c.new_code as code,
        c.new_status_key as status_key, c.changed_at as valid_from,
        lead(c.changed_at) over (
            partition by c.tracked, c.record_key, c.column_name order by c.changed_at, c.version
        ) as valid_to,
        c.version, c.kind, c.changed_by, c.reason
    from {{ ref('jalon_changes') }} c
) s
where s.code is not null
