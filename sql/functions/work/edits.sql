-- Edits of records that count their revisions, for their stream. A table of a module has the trigger keep_edit.

create or replace function jalon_engine.tg_record__keep_edit()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(tg_argv[0]);
    v_old constant jsonb := to_jsonb(old);
    v_new constant jsonb := to_jsonb(new);
    v_fields constant text[] := array(
        select n.key from jsonb_each(v_new) n
        where n.value is distinct from v_old -> n.key and n.key <> all (
            '{revision,edited_at,edited_by,updated_at,status}'::text[]) and n.key not like 'status\_%'
            and n.key not in (select c.column_name from jalon_engine.tracked_column c where c.tracked = t.name)
        order by n.key);
begin
    if v_fields <> '{}' then
        insert into jalon_engine.record_edit (tracked, record_key, revision, edited_at, edited_by, fields)
        values (t.name, v_new ->> t.key_column, new.revision, new.edited_at, new.edited_by, v_fields);
    end if;
    return null;
end
$$;
comment on function jalon_engine.tg_record__keep_edit() is
'Keeps who edited which fields of a record; its argument is the name of the tracked table.';

create or replace function jalon_engine.edits(p_tracked text, p_key text, p_row jsonb)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select e.edited_at, 'edit ' || lpad(e.revision::text, 12, '0'), 'edit',
        jsonb_build_object('by', e.edited_by, 'revision', e.revision, 'fields', e.fields)
    from jalon_engine.record_edit e
    where e.tracked = p_tracked and e.record_key = p_key
    union all
    -- Edits made before they were kept: of these the row knows the last one.
    select (p_row ->> 'edited_at')::timestamptz, 'edit', 'edit',
        jsonb_build_object('by', p_row ->> 'edited_by', 'revision', p_row -> 'revision', 'fields', '[]'::jsonb)
    where p_row ->> 'edited_by' is not null and (p_row ->> 'revision')::integer > 1 and not exists (
        select from jalon_engine.record_edit e where e.tracked = p_tracked and e.record_key = p_key)
$$;
comment on function jalon_engine.edits(text, text, jsonb) is
'The edits of a record whose table notes them in edited_at, edited_by and revision, for the stream of a module.';
