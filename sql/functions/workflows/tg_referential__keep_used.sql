-- History holds codes, not copies of them: a code that anything uses keeps its name and its place.

create or replace function jalon_engine.tg_referential__keep_used()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        -- An older snapshot would not see the transition that somebody has just led there.
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'transaction_isolation',
            'why', current_setting('transaction_isolation')), 'JL405.isolation.code');
    end if;
    -- A move that is on its way to the code arrives first, and is seen.
    perform jalon_engine.lock_out_writers(old.category);
    if jalon_engine.is_code_used(p_category => old.category, p_code => old.code) then
        perform jalon_engine.fail('JL407',
            jsonb_build_object('category', old.category, 'code', old.code, 'to', old.code),
            case tg_op when 'UPDATE' then 'JL407.rename' end);
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
comment on function jalon_engine.tg_referential__keep_used() is 'Refuses to delete or rename a code that is in use.';
