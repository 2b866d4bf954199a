-- A dozen users, and how their roles went in three months.
do $$
declare
    v record;
    v_user record;
    v_begin constant timestamptz := date_trunc('day', now()) - interval '95 days' + interval '9 hours';
begin
    for v in
        select n, split_part(name, ' ', 1) as first, name, n * 5 % 40 as day
        from unnest(array['User Martin', 'Alice Bernard', 'Karim Haddad', 'Chloé Petit', 'Diego Ruiz', 'Emma Robert',
            'Fatou Diallo', 'Gabriel Moreau',
            'Hélène Simon', 'Ilan Laurent', 'Jeanne Michel', 'Louis Garcia']) with ordinality u (name, n)
    loop
        select * into v_user
        from jalon.create_user(email => lower(translate(v.first, 'éèëÉ', 'eeeE')) || '@example.com', name => v.name,
            role => 'FREE', reason => 'Inscription via Google OAuth', meta_data => '{"source": "google_oauth"}',
            created_by => null, created_at => v_begin + v.day * interval '1 day');
        continue when not v_user.was_created or v.n % 5 = 0;
        perform jalon.change_user_role(v_user.id, case v.n % 3 when 1 then 'PREMIUM' else 'MEDIUM' end,
            'admin@example.com', 'Upgrade suite à l''achat d''un abonnement',
            jsonb_build_object('payment_id', 'pay_' || 123450 + v.n, 'plan', 'monthly'),
            v_begin + (v.day + 7 + v.n) * interval '1 day');
        continue when v.n % 2 = 0;
        perform jalon.change_user_role(user_id => v_user.id,
            new_role => case v.n % 3 when 1 then 'MEDIUM' else 'PREMIUM' end, changed_by => 'admin@example.com',
            reason => case v.n % 3 when 1 then 'Fin de la période d''essai' else 'Upgrade annuel' end,
            meta_data => null, changed_at => v_begin + (v.day + 30 + 2 * v.n) * interval '1 day');
    end loop;
    perform jalon.create_user(email => 'admin@example.com', name => 'Admin', role => 'ADMIN', reason => 'Fondateur',
        meta_data => null, created_by => null, created_at => v_begin);
end
$$;
