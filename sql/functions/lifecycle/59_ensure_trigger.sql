-- Creates a trigger only where it is missing or different, so that a reload with nothing changed locks nothing.

create or replace function jalon_engine.trigger_comment(p_digest text, p_trigger oid)
returns text
language sql stable
set search_path = ''
as $$ select format('Jalon %s %s', p_digest, md5(pg_get_triggerdef(p_trigger))) $$;
comment on function jalon_engine.trigger_comment(text, oid) is 'Comment of a trigger: a digest of what was wanted, and of what it was made into, so that an altered one shows.';

create or replace function jalon_engine.ensure_trigger(p_table text, p_trigger text, p_event text, p_level text, p_function text)
returns boolean
language plpgsql volatile
set search_path = ''
as $$
declare
    v_digest text := md5(concat_ws('|', p_event, p_level, p_function));
begin
    if exists (select from pg_catalog.pg_trigger g where g.tgrelid = p_table::regclass and g.tgname = p_trigger
               and g.tgfoid = to_regproc(p_function) and obj_description(g.oid, 'pg_trigger') = jalon_engine.trigger_comment(v_digest, g.oid)) then
        return false;
    end if;
    execute format('create or replace trigger %I %s on %s %s execute function %s()', p_trigger, p_event, p_table, p_level, p_function);
    execute format('comment on trigger %I on %s is %L', p_trigger, p_table, jalon_engine.trigger_comment(v_digest,
        (select g.oid from pg_catalog.pg_trigger g where g.tgrelid = p_table::regclass and g.tgname = p_trigger)));
    return true;
end
$$;
comment on function jalon_engine.ensure_trigger(text, text, text, text, text) is 'Creates or replaces a trigger unless it stands there as wanted.';
