-- What an endpoint wants to hear, and what the triggers of the tracked tables therefore have to say: a table's trigger
-- appends to jalon_engine.outbox_message only while somebody is interested in that table.

create or replace function jalon_engine.fits(p_pattern text, p_text text)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_text like replace(replace(replace(p_pattern, '\', '\\'), '_', '\_'), '*', '%') $$;
comment on function jalon_engine.fits(text, text) is
'Whether a text fits a pattern, in which * stands for any characters.';

create or replace function jalon_engine.webhook_covers(p_webhook jalon_engine.webhook, p_type text, p_schema text)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- events.* asks for jalon_events.events too, under the name of its schema.
    select exists (select from unnest(p_webhook.event_types) t
        where jalon_engine.fits(t, p_type) or jalon_engine.fits(t, p_schema || substr(p_type, position('.' in p_type))))
$$;
comment on function jalon_engine.webhook_covers(jalon_engine.webhook, text, text) is
'Whether an endpoint asks for a type of events of a table of this schema.';

create or replace function jalon_engine.webhook_wants(
    p_webhook jalon_engine.webhook, p_type text, p_tracked text, p_data jsonb
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(p_tracked = any (p_webhook.tables), true)
        and (p_webhook.case_types is null or coalesce(p_data ->> 'caseType' = any (p_webhook.case_types), false))
        and jalon_engine.webhook_covers(p_webhook, p_type,
            coalesce((select t.table_schema from jalon_engine.tracked t where t.name = p_tracked), p_tracked))
        and (coalesce(p_webhook.from_codes, p_webhook.to_codes) is null or exists (
            select from (
                select c.value ->> 'from' as left_code, c.value ->> 'to' as entered
                from jsonb_each(p_data -> 'changes') c
                where c.value ->> 'from' is distinct from c.value ->> 'to'
                union all
                select p_data ->> 'status', p_data ->> 'toStatus' where not p_data ? 'changes'
            ) x
            where (p_webhook.from_codes is null or x.left_code = any (p_webhook.from_codes))
              and (p_webhook.to_codes is null or x.entered = any (p_webhook.to_codes))))
$$;
comment on function jalon_engine.webhook_wants(jalon_engine.webhook, text, text, jsonb) is
'Whether an endpoint wants to hear of an event: its type, table, case type, code left and code entered.';

create or replace function jalon_engine.webhook_hears(p_webhook jalon_engine.webhook, p_tracked text, p_schema text)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(p_tracked = any (p_webhook.tables), true)
        and exists (select from unnest(p_webhook.event_types) t
            where jalon_engine.fits(split_part(t, '.', 1), p_tracked)
                or jalon_engine.fits(split_part(t, '.', 1), p_schema))
$$;
comment on function jalon_engine.webhook_hears(jalon_engine.webhook, text, text) is
'Whether an endpoint may want to hear of a tracked table at all.';

create or replace function jalon_engine.refresh_message_triggers()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tracked text;
begin
    perform from jalon_engine.turn t where t.name = 'message_triggers' for update;
    for v_tracked in
        with wanted as (
            select t.name from jalon_engine.tracked t
            where exists (select from jalon_engine.webhook w
                where jalon_engine.webhook_hears(w, t.name, t.table_schema))
        ),
        gone as (
            delete from jalon_engine.interest i
            where i.subscriber = 'webhook' and i.tracked not in (select x.name from wanted x) returning i.tracked
        ),
        come as (
            insert into jalon_engine.interest (subscriber, tracked) select 'webhook', x.name from wanted x on conflict
            do nothing returning tracked
        )
        select c.tracked from come c
        union all
        select g.tracked from gone g join jalon_engine.tracked t on t.name = g.tracked
        order by 1
    loop
        -- the trigger begins to append messages, or stops
        perform jalon_history.generate(jalon_engine.tracked_table(v_tracked));
    end loop;
end
$$;
comment on function jalon_engine.refresh_message_triggers() is
'Makes the triggers of the tracked tables append what the endpoints want to hear, and nothing else.';

create or replace function jalon_engine.tg_tracked__interest()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A table put under Jalon later; its trigger is about to be written.
    insert into jalon_engine.interest (subscriber, tracked)
    select 'webhook', new.name
    where exists (select from jalon_engine.webhook w where jalon_engine.webhook_hears(w, new.name, new.table_schema))
    on conflict do nothing;
    return null;
end
$$;
comment on function jalon_engine.tg_tracked__interest() is
'A new tracked table is heard by the endpoints that want all tables.';
