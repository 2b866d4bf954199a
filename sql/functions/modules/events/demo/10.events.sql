-- Oscar's events at different stages, told over two months; two decisions of today, so that somebody has notifications.
do $$
declare
    v_event record;
    v_step record;
    v_id uuid;
    v_oscar constant jsonb := '{"actor": "oscar", "roles": ["organizer"]}';
begin
    perform jalon_history.ensure_months('events', now() - interval '70 days', now());
    for v_event in
        select * from (values
            ('Fête de la musique', 'Trois scènes sur les quais.', 'Quai Saint-Antoine, Lyon', 0, 5000, 58, 40,
                '[["candidate", "under_review", false, "oscar", 55, null], ["active", "approved", false, "mona", 53, '
                '"Bravo pour le plan de secours"], ["active", "approved", true, "oscar", 52, null]]'),
            ('Concert d''orgue', 'Bach et Franck.', 'Basilique de Fourvière', 15, 300, 44, 25,
                '[["candidate", "under_review", false, "oscar", 43, null], '
                '["active", "approved", false, "anna", 39, null]]'),
            ('Nuit de la lecture', 'Douze heures de lecture à voix haute.', 'Bibliothèque municipale', 0, 200, 37, 18,
                '[["candidate", "under_review", false, "oscar", 36, null], '
                '["draft", "rejected", false, "mona", 33, "La salle ferme à 22 heures"]]'),
            ('Atelier poterie', 'Deux heures autour du tour.', 'Maison des associations', 25.5, 12, 30, 14,
                '[["candidate", "under_review", false, "oscar", 29, null], '
                '["draft", "revision_requested", false, "mona", 27, "Précisez ce qui est fourni"]]'),
            ('Course des vignes', 'Dix kilomètres.', 'Beaujeu', 12, 800, 66, -10,
                '[["candidate", "under_review", false, "oscar", 65, null], ["active", "approved", false, "mona", 63, '
                'null], ["active", "approved", true, "oscar", 62, null], ["sold_out", "approved", true, "oscar", 40, '
                'null], ["completed", "approved", true, "oscar", 9, null]]'),
            ('Bal masqué', 'Masques sur place.', 'Hôtel de ville', 30, 400, 48, 9,
                '[["candidate", "under_review", false, "oscar", 47, null], ["active", "approved", true, "mona", 45, '
                'null], ["suspended", "approved", false, "anna", 5, "Autorisation de la préfecture en attente"]]'),
            ('Marché de Noël', 'Quarante chalets.', 'Place Carnot', 0, 10000, 12, 20, '[]'),
            ('Vide-grenier', null, null, 3, null, 1, null, '[]')
        ) as told (title, description, place, price, capacity, days, starts_in, steps)
    loop
        continue when exists (select from jalon_events.events e
            where e.organizer_id = 'oscar' and e.title = v_event.title);
        perform jalon_engine.enter('{"actor": "oscar", "roles": ["admin"]}', p_marks => '{"kind": "import"}');
        insert into jalon_events.events (organizer_id, title, description, place, price, capacity, starts_at, ends_at,
            created_at, edited_at, status_changed_at)
        select 'oscar', v_event.title, v_event.description, v_event.place, v_event.price, v_event.capacity, s.at,
            s.at + interval '4 hours', t.at, t.at, t.at
        from (select now() - make_interval(days => v_event.days)) t (at),
            (select date_trunc('day', now()) + make_interval(days => v_event.starts_in, hours => 18)) s (at)
        returning id into v_id;
        for v_step in
            select s.value ->> 0 as status, s.value ->> 1 as moderation, (s.value ->> 2)::boolean as is_published,
                s.value ->> 3 as actor,
                now() - make_interval(days => (s.value ->> 4)::integer) as at, s.value ->> 5 as notes
            from jsonb_array_elements(v_event.steps::jsonb) with ordinality s order by s.ordinality
        loop
            perform jalon_engine.enter(jsonb_build_object('actor', v_step.actor, 'roles', '["admin"]'::jsonb),
                v_step.notes, jsonb_strip_nulls(jsonb_build_object('kind', 'import', 'meta',
                    case when v_step.notes is not null then jsonb_build_object('admin_notes', v_step.notes) end)));
            update jalon_events.events e
            set status = v_step.status, moderation_status = v_step.moderation, is_published = v_step.is_published,
                status_changed_at = v_step.at, admin_notes = coalesce(v_step.notes, e.admin_notes)
            where e.id = v_id;
        end loop;
        perform jalon_engine.leave();
    end loop;

    select e.id into strict v_id from jalon_events.events e
    where e.organizer_id = 'oscar' and e.title = 'Marché de Noël';
    if not exists (select from jalon_events.event_status_history h where h.event_id = v_id and h.version > 1) then
        perform jalon_engine.run('submit_event', v_id::text, '{}', v_oscar);
        perform jalon_engine.run('submit_event', e.id::text, '{"reason": "Salle réservée jusqu''à minuit"}', v_oscar)
        from jalon_events.events e
        where e.organizer_id = 'oscar' and e.title = 'Nuit de la lecture';
        perform jalon_engine.run('moderate_event', e.id::text,
            '{"moderation_status": "approved", "admin_notes": "Entendu"}',
            '{"actor": "mona", "roles": ["moderator"]}')
        from jalon_events.events e where e.organizer_id = 'oscar' and e.title = 'Nuit de la lecture';
        perform jalon.announce();
    end if;
end
$$;
