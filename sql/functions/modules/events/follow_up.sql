-- What follows in the same change, from rows: submitted means under review, approved means active, suspended means
-- hidden. A column that the writer set is left alone. The triggers check the result like any other change.

create or replace function jalon_engine.tg_events__follow_up()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    f jalon_events.follow_up;
    v_is_major boolean;
begin
    if jalon_engine.is_importing() then
        return new;
    end if;
    -- Who moderates needs nobody's approval.
    v_is_major := new.revision <> old.revision and jalon_engine.event_is_majorly_changed(to_jsonb(old), to_jsonb(new))
        and not jalon_engine.has_permission('moderate_events', 'events');
    for f in select u.* from jalon_events.follow_up u order by u.position loop
        continue when not case f.column_name
            when 'status' then new.status <> old.status and coalesce(new.status = f.to_code, true)
            when 'moderation_status' then new.moderation_status <> old.moderation_status
                and coalesce(new.moderation_status = f.to_code, true)
            when 'is_published' then new.is_published <> old.is_published
                and coalesce(new.is_published::text = f.to_code, true)
            else v_is_major
        end;
        continue when new.status <> all (f.if_status) or new.moderation_status <> all (f.if_moderation_status);
        if new.status = old.status then
            new.status := coalesce(f.set_status, new.status);
        end if;
        if new.moderation_status = old.moderation_status then
            new.moderation_status := coalesce(f.set_moderation_status, new.moderation_status);
        end if;
        if new.is_published = old.is_published then
            new.is_published := coalesce(f.set_is_published, new.is_published);
        end if;
    end loop;
    if new.is_published and not old.is_published then
        -- Jalon's own trigger asks the same afterwards. Here it is asked before the table's constraint is.
        perform jalon_engine.check_change('events', 'is_published', 'EVENT_PUBLICATION', to_jsonb(old), to_jsonb(new));
    end if;
    return new;
end
$$;
comment on function jalon_engine.tg_events__follow_up() is
'Brings the other status columns along, as the rows of jalon_events.follow_up say.';
