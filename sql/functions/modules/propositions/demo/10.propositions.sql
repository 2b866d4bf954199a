-- Five propositions at different stages; the first has a treasurer, a facilitator and two actions made to measure.
do $$
declare
    v_id uuid;
    v_step record;
    v_move text;
    v_zoe constant jsonb := '{"actor": "zoe", "roles": ["participant"]}';
    v_mona constant jsonb := '{"actor": "mona", "roles": ["moderator"]}';
begin
    perform jalon_history.ensure_months('proposition', now() - interval '70 days', now());
    for v_step in
        select * from (values
            ('A bicycle lane on Station Street', 'Two metres wide, on both sides, from the station to the market.',
                'zoe', 40, '{submitted zoe 38,debate mona 36}'),
            ('Open the library on Sundays', 'From ten to four, with volunteers at the desk.', 'zoe', 66,
                '{submitted zoe 65,debate mona 63,vote mona 42,adopted mona 35}'),
            ('Trees for the schoolyard', 'Six lime trees along the southern wall.', 'carla', 30,
                '{submitted carla 29,debate mona 27,vote mona 6}'),
            ('Shorter council meetings', 'Two hours at the most.', 'ben', 21, '{submitted ben 20,rejected mona 18}'),
            ('A car-free Saturday', 'The market square without cars, once a month.', 'zoe', 2, '{}')
        ) as told (title, body, author, days, steps)
    loop
        continue when exists (select from jalon_propositions.proposition p where p.title = v_step.title);
        perform jalon_engine.enter(jsonb_build_object('actor', v_step.author, 'roles', '["admin"]'::jsonb),
            p_marks => '{"kind": "import"}');
        insert into jalon_propositions.proposition (title, body, author_id, created_at, edited_at, status_changed_at)
        select v_step.title, v_step.body, v_step.author, t.at, t.at, t.at
        from (select now() - make_interval(days => v_step.days)) t (at)
        returning id into v_id;
        perform jalon_engine.leave();
        foreach v_move in array v_step.steps::text[] loop
            perform jalon_engine.enter(jsonb_build_object('actor', split_part(v_move, ' ', 2),
                'roles', '["admin"]'::jsonb));
            perform jalon.import_change('proposition', v_id::text, split_part(v_move, ' ', 1),
                now() - make_interval(days => split_part(v_move, ' ', 3)::integer),
                case when v_step.title = 'Shorter council meetings'
                        and v_move like '% mona %' then 'Not for the citizens'' assembly to decide' end);
            perform jalon_engine.leave();
        end loop;
    end loop;

    select p.id into strict v_id from jalon_propositions.proposition p
    where p.title = 'A bicycle lane on Station Street';
    if not exists (select from jalon_propositions.proposition_roles r where r.proposition_id = v_id) then
        perform jalon_engine.run('make_proposition_role', v_id::text, '{
            "name": "Treasurer", "description": "Keeps the budget.",
            "permissions": ["trigger_custom_action"], "maxHolders": 1}', v_zoe);
        perform jalon_engine.run('make_proposition_role', v_id::text,
            '{"name": "Facilitator", "description": "Conducts the debate and opens the vote."}', v_mona);
        perform jalon_engine.run('assign_proposition_role', v_id::text,
            '{"roleId": "treasurer", "userId": "carla"}', v_zoe);
        perform jalon_engine.run('assign_proposition_role', v_id::text,
            jsonb_build_object('roleId', 'facilitator', 'userId', 'oscar', 'until', now() + interval '30 days',
                'reason', 'While the debate lasts'), v_mona);
        perform jalon_engine.run('declare_proposition_action', v_id::text, '{
            "name": "Confirm the budget", "icon": "coin", "statuses": ["debate", "vote"], "roles": ["custom:treasurer"],
            "payload": {"amount": "{input.amount}", "text": "{actor} confirms the budget of {proposition.title}"},
            "inputs": {"amount": {"type": "number", "label": "Amount in EUR", "required": true}}}', v_zoe);
        perform jalon_engine.run('declare_proposition_action', v_id::text, '{
            "name": "Ask for a site visit", "icon": "map", "statuses": ["submitted", "debate"],
            "roles": ["initiator", "participant"], "visibility": "everyone",
            "payload": {"who": "{actor}", "proposition": "{proposition.id}"}}', v_zoe);
        perform jalon_engine.run('trigger_proposition_action', v_id::text,
            '{"actionId": "confirm_the_budget", "input": {"amount": 18000}}',
            '{"actor": "carla", "roles": ["participant"]}');
    end if;
end
$$;
