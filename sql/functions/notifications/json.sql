-- A notification as its reader gets it: the words are put in here, in the reader's language.

create or replace function jalon_engine.notification_json(
    p_notification jalon_engine.notification, p_read_at timestamptz, p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object(
        'id', p_notification.id, 'type', p_notification.type, 'priority', p_notification.priority,
        'title', jalon_engine.text_of(p_notification.message, p_notification.params, p_language),
        'message', jalon_engine.text_of(p_notification.message, p_notification.params, p_language, 'hint'),
        'link', p_notification.link, 'is_read', coalesce(p_read_at, p_notification.resolved_at) is not null,
        'read_at', coalesce(p_read_at, p_notification.resolved_at),
        'created_at', p_notification.created_at, 'acted_by', p_notification.acted_by,
        'data', p_notification.params - 'notes')
$$;
comment on function jalon_engine.notification_json(jalon_engine.notification, timestamptz, text) is
'A notification in a language, and when it was read.';

create or replace function jalon_engine.notification_permissions(p_roles text[])
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_audiences text[] := '{}';
    v_function regproc;
begin
    for v_function in select f from jalon_engine.table_functions('audiences', '') f loop
        execute format('select $1 || array(select a from %s() a)', v_function) into v_audiences using v_audiences;
    end loop;
    return array(select distinct r.permission from jalon_engine.permission_rule r
        where r.role = any (p_roles) and r.is_allowed
            and (r.permission = any (v_audiences)
                or exists (select from jalon_engine.notification n where n.recipient_permission = r.permission)));
end
$$;
comment on function jalon_engine.notification_permissions(text[]) is
'The permissions of these roles to which notifications are addressed.';

create or replace function jalon_engine.is_for(
    p_notification jalon_engine.notification, p_actor text, p_permissions text[]
)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(p_notification.recipient = p_actor
        or p_notification.recipient_permission = any (p_permissions) and p_notification.acted_by <> p_actor, false)
$$;
comment on function jalon_engine.is_for(jalon_engine.notification, text, text[]) is
'Whether a notification is for this reader; never for the one who acted.';

create or replace function jalon_engine.count_notifications(
    p_actor text, p_permissions text[], p_unread boolean, p_type text default null, p_to integer default null
)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select count(*) from (
        select from (
            select n.id, n.type, n.resolved_at from jalon_engine.notification n where n.recipient = p_actor
            union all
            select n.id, n.type, n.resolved_at from jalon_engine.notification n
            where n.recipient_permission = any (p_permissions) and n.acted_by <> p_actor
        ) m
        where coalesce(m.type = p_type, true)
          and not (p_unread and m.resolved_at is not null)
          and not (p_unread and exists (select from jalon_engine.notification_read r
              where r.notification_id = m.id and r.reader = p_actor))
        limit p_to
    ) c
$$;
comment on function jalon_engine.count_notifications(text, text[], boolean, text, integer) is
'How many notifications a reader has, or has not read; counted as far as p_to.';
