-- Who last changed the status, as a user: the one whose identifier or e-mail address the actor is. An actor who is no
-- user (a token of another house, a DBA) leaves it empty; the history names every actor.

create or replace function jalon_engine.tg_events__changed_by()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant uuid := jalon_engine.actor_as(null::uuid);
    v_email constant text := lower(jalon_engine.actor());
begin
    new.status_changed_by := (select u.id from jalon_members.users u
        where u.id = v_id or lower(u.email) = v_email limit 1);
    return new;
end
$$;
comment on function jalon_engine.tg_events__changed_by() is 'Sets the user who changes the status.';
