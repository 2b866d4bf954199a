-- History holds codes, not copies of them: a code that anything uses keeps its name and its place.

create or replace function logic.tg_referential__keep_used()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    -- Whoever is on the way to the code arrives first, and is seen.
    perform logic.hold_writers(old.category);
    if logic.is_code_used(p_category => old.category, p_code => old.code) then
        perform logic.fail('JL407', jsonb_build_object('category', old.category, 'code', old.code, 'to', old.code),
            case tg_op when 'UPDATE' then 'JL407.rename' end);
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function logic.tg_referential__keep_used() is 'Refuses to delete or rename a code that is in use.';
