-- Calls of one function that share a statement, a round trip and a commit, and nothing else. Each runs in a
-- subtransaction of its own; at most 64, because that many subtransactions a session remembers without a table. A
-- call that meets a locked row doesn't wait: it comes back with 55P03, to be made alone. Calls that are not reached
-- within 50 ms return no row; the web application queues them again.

create or replace function jalon_api.run_batch(p_function text, p_calls jsonb)
returns table (
    place integer, status integer, body json, etag text, headers jsonb, refusal text, message text,
    detail text, hint text
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '20ms'
as $$
declare
    v_until constant timestamptz := clock_timestamp() + interval '50 ms';
    v_call jsonb;
    v_answer jalon_engine.answer;
    v_schema text;
    v_column text;
    v_constraint text;
    v_words jsonb;
begin
    perform jalon_engine.require_call();
    place := -1;
    for v_call in select e.value from jsonb_array_elements(p_calls) e loop
        place := place + 1;
        exit when place > 0 and clock_timestamp() > v_until;
        begin
            v_answer := jalon_engine.run(p_function, v_call ->> 0, v_call -> 1, v_call -> 2);
            status := v_answer.status;
            body := v_answer.body;
            etag := v_answer.etag;
            headers := v_answer.headers;
            refusal := null;
            message := null;
            detail := null;
            hint := null;
        exception when others then
            status := null;
            body := null;
            etag := null;
            headers := null;
            get stacked diagnostics refusal = returned_sqlstate, message = message_text, detail = pg_exception_detail,
                hint = pg_exception_hint, v_schema = schema_name, v_column = column_name,
                v_constraint = constraint_name;
            if refusal not like 'JL%' then
                v_words := jalon_engine.native_refusal(refusal, message, v_schema, v_column, v_constraint,
                    v_call -> 2 ->> 'language');
                message := v_words ->> 'message';
                detail := v_words - 'message';
            end if;
        end;
        return next;
    end loop;
end
$$;
comment on function jalon_api.run_batch(text, jsonb) is 'Calls a function of schema jalon_api for several callers '
'in one statement: [[key, input, caller], …], one row of outcome each.';
grant execute on function jalon_api.run_batch(text, jsonb) to jalon_api;
