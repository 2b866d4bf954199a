-- jalon.verify, the roles: nobody who could become an owner, nothing in Jalon's private schemas
-- that strangers may write or call.

create or replace function jalon_engine.owning_members()
returns table (role_name name, owner_name name, can_log_in boolean, is_installer boolean)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive member_of as (
        select m.member, m.roleid as owner_id from pg_catalog.pg_auth_members m
        where m.roleid in (select r.oid from pg_catalog.pg_roles r
            where r.rolname in ('jalon_owner', 'jalon_historian', 'jalon_mover'))
        union
        select m.member, o.owner_id from member_of o join pg_catalog.pg_auth_members m on m.roleid = o.member
    )
    select r.rolname, pg_get_userbyid(o.owner_id), r.rolcanlogin,
        r.rolname in (select i.role_name from jalon_install.installer i)
    from member_of o join pg_catalog.pg_roles r on r.oid = o.member
    where not r.rolsuper  -- nothing is refused to those anyway
$$;
comment on function jalon_engine.owning_members() is
'Who is a member, directly or not, of a role that owns Jalon or moves for it, and could act as it.';

create or replace function jalon_engine.leaving_sql(p_role name, p_owner name)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A member of a member leaves the role in between.
    select string_agg(format('revoke %I from %I', g.rolname, p_role), '; ' order by g.rolname)
    from pg_catalog.pg_auth_members m join pg_catalog.pg_roles g on g.oid = m.roleid
    where pg_get_userbyid(m.member) = p_role
        and (g.rolname = p_owner or exists (select from jalon_engine.owning_members() o
            where (o.role_name, o.owner_name) = (g.rolname, p_owner)))
$$;
comment on function jalon_engine.leaving_sql(name, name) is
'SQL by which a member of one of Jalon''s owners, direct or not, stops being one.';

create or replace function jalon_engine.verify_members()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The logins that migrated are members by need. A role of Jalon's own never is.
    select p.*
    from jalon_engine.owning_members() m
    cross join lateral jalon_engine.problem(p_tracked => null, p_code => 'member',
        p_params => jsonb_build_object('role', m.role_name, 'owner', m.owner_name,
            'statement', jalon_engine.leaving_sql(m.role_name, m.owner_name))) p
    where (m.can_log_in and not m.is_installer)
       or m.role_name in ('jalon_owner', 'jalon_historian', 'jalon_mover', 'jalon_api', 'jalon_bi', 'jalon_bi_masked',
           'jalon_dba', 'jalon_relay', 'jalon_app')
$$;
comment on function jalon_engine.verify_members() is
'Logins, other than those that migrated, that may become an owner of Jalon.';

create or replace function jalon_engine.verify_private_rights()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Strangers may read what isn't secret, use what was generated for their tables, and nothing else. What Jalon's own
    -- roles may do is a matrix that `jalon doctor` compares.
    select p.*
    from (
        select 'schema ' || n.oid::regnamespace as object, n.nspowner as owner, a.grantee, a.privilege_type as privilege
        from pg_catalog.pg_namespace n cross join lateral aclexplode(n.nspacl) a
        where n.nspname in ('jalon_engine', 'jalon_generated', 'jalon_history', 'jalon', 'ops')
            and a.privilege_type = 'CREATE'
        union all
        select 'table ' || c.oid::regclass, c.relowner, a.grantee, a.privilege_type
        from pg_catalog.pg_class c cross join lateral (
            select x.grantee, x.privilege_type from aclexplode(c.relacl) x
            union select x.grantee, x.privilege_type from pg_catalog.pg_attribute k
            cross join lateral aclexplode(k.attacl) x where k.attrelid = c.oid) a
        where c.relnamespace in ('jalon_engine'::regnamespace, 'jalon_install'::regnamespace)
            and c.relkind in ('r', 'p', 'S', 'v')
          and (a.privilege_type <> 'SELECT'
              or c.oid in ('jalon_engine.secret'::regclass, 'jalon_engine.api_key'::regclass))
        union all
        select 'table ' || c.oid::regclass, c.relowner, a.grantee, a.privilege_type
        from pg_catalog.pg_class c cross join lateral (
            select x.grantee, x.privilege_type from aclexplode(c.relacl) x
            union select x.grantee, x.privilege_type from pg_catalog.pg_attribute k
            cross join lateral aclexplode(k.attacl) x where k.attrelid = c.oid) a
        where c.oid in ('jalon_history.deletion'::regclass, 'jalon_history.partitioned_record'::regclass,
            'jalon_history.renumbering'::regclass) and a.privilege_type <> 'SELECT'
        union all
        select 'function ' || f.oid::regprocedure, f.proowner, a.grantee, a.privilege_type
        from pg_catalog.pg_proc f cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
        -- nobody can call those
        where f.pronamespace = 'jalon_engine'::regnamespace and f.prorettype <> 'event_trigger'::regtype
    ) g
    cross join lateral jalon_engine.problem(p_tracked => null, p_code => 'granted',
        p_params => jsonb_build_object('object', g.object,
        'grantee', coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public'), 'privileges', g.privilege)) p
    where g.grantee <> g.owner and (g.grantee = 0 or pg_get_userbyid(g.grantee) not like 'jalon\_%')
    union all
    select p.*
    from (
        select pg_describe_object('pg_trigger'::regclass, g.oid, 0) as object, g.tgrelid::regclass as relid,
            format('drop trigger %I', g.tgname) as removal
        from pg_catalog.pg_trigger g where not g.tgisinternal
        union all
        select pg_describe_object('pg_rewrite'::regclass, r.oid, 0), r.ev_class, format('drop rule %I', r.rulename)
        from pg_catalog.pg_rewrite r
        union all
        select pg_describe_object('pg_policy'::regclass, s.oid, 0), s.polrelid, format('drop policy %I', s.polname)
        from pg_catalog.pg_policy s
    ) o
    cross join lateral jalon_engine.problem(p_tracked => null, p_code => 'history_object', p_params =>
        jsonb_build_object('object', o.object, 'statement', format('%s on %s', o.removal, o.relid))) p
    where o.relid in ('jalon_history.deletion'::regclass, 'jalon_history.partitioned_record'::regclass)
$$;
comment on function jalon_engine.verify_private_rights() is
'What others than Jalon''s roles may write or call in its private schemas, and what hangs on the logs of deletions.';
