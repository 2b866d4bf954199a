-- jalon.verify, the functions: those of files as the last reload noted them, those that serve all tables as they would
-- be generated now, and none in Jalon's schemas that nobody made.

create or replace function jalon_engine.our_functions()
returns table (function_id oid, signature text, digest text, is_generated boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.oid, p.oid::regprocedure::text, md5(row(pg_get_userbyid(p.proowner), pg_get_functiondef(p.oid))::text),
        p.pronamespace = 'jalon_generated'::regnamespace
            or (p.pronamespace = 'jalon_history'::regnamespace
                and obj_description(p.oid, 'pg_proc') like 'Generated for %')
    from pg_catalog.pg_proc p
    where p.prokind <> 'a' and p.pronamespace in (
        select n.oid from pg_catalog.pg_namespace n
        where pg_get_userbyid(n.nspowner) in ('jalon_owner', 'jalon_historian'))
      -- It belongs to the superuser who made the event trigger, and may come later than a reload.
      and p.oid is distinct from to_regprocedure('jalon_engine.on_schema_change()')
$$;
comment on function jalon_engine.our_functions() is
'Every function in Jalon''s schemas, with a digest of its whole definition and its owner.';

create or replace function jalon_engine.note_functions()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    delete from jalon_install.function_digest;
    insert into jalon_install.function_digest (signature, digest)
    select f.signature, f.digest from jalon_engine.our_functions() f where not f.is_generated;
    insert into jalon_install.installer (role_name) values (session_user)
    on conflict on constraint installer_pk do update set last_reload_at = now();
$$;
comment on function jalon_engine.note_functions() is
'Notes after a reload what its functions are, and the login that reloaded them. jalon.verify compares.';

create or replace function jalon_engine.verify_reloaded_functions()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with installed as materialized (select f.* from jalon_engine.our_functions() f),
    generated as (
        select format('jalon_generated.%I()', jalon_engine.generated_name(t, s.suffix)) as signature
        from jalon_engine.tracked t
        cross join (values ('__before_insert'), ('__before_update'), ('__after_insert'), ('__after_update'),
            ('__after_delete'), ('__before_truncate')) s (suffix)
        union all
        select format('jalon_history.%I(timestamptz, text)', t.name || '_as_of') from jalon_engine.tracked t
        union all
        values ('jalon_generated.update_row(text, text, text, text, text, integer, boolean)'),
            ('jalon_generated.row_of(text, text)')
    )
    select p.*
    from (
        select coalesce(n.signature, s.signature) as signature,
            case when s.signature is null then 'function_missing' when n.signature is null then 'function_foreign'
                else 'function_replaced' end as problem
        from jalon_install.function_digest n
        full join (select s.* from installed s where s.function_id not in (select to_regprocedure(g.signature)
            from generated g where to_regprocedure(g.signature) is not null)) s
            on s.signature = n.signature
        where s.digest is distinct from n.digest
    ) f
    cross join lateral jalon_engine.problem(p_tracked => null, p_code => f.problem,
        p_params => jsonb_build_object('function', f.signature)) p
$$;
comment on function jalon_engine.verify_reloaded_functions() is
'Functions that are not as the last reload left them, or that no reload made.';

create or replace function jalon_engine.verify_shared_functions()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from (values ('jalon_generated.update_row(text, text, text, text, text, integer, boolean)',
        jalon_engine.update_row_body(), e'%\n RETURNS record\n LANGUAGE plpgsql\n'
            ' SET search\_path TO ''pg\_catalog'', ''pg\_temp'''),
        ('jalon_generated.row_of(text, text)', jalon_engine.row_of_body(), e'%\n RETURNS jsonb\n LANGUAGE plpgsql\n'
            ' STABLE\n SET search\_path TO ''pg\_catalog'', ''pg\_temp''')) w (signature, body, head)
    left join pg_catalog.pg_proc f on f.oid = to_regprocedure(w.signature)
    cross join lateral jalon_engine.problem(p_tracked => null,
        p_code => case when f.oid is null then 'function_missing'
        else 'function_altered' end, p_params => jsonb_build_object('function', w.signature)) p
    where f.oid is null or pg_get_userbyid(f.proowner) <> 'jalon_historian' or f.prosrc <> w.body
       or split_part(pg_get_functiondef(f.oid), e'\nAS $', 1) not like w.head
$$;
comment on function jalon_engine.verify_shared_functions() is
'The functions that serve all tracked tables, if they are not as they would be generated now.';
