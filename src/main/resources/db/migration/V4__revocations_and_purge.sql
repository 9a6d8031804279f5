-- Replicas keep good tokens in memory: whatever ends or changes them is told to all, in the same transaction, whoever does it.

create function tell_ended_tokens() returns trigger language plpgsql as $$
begin
    -- A payload holds less than 8,000 bytes: 100 digests of 65 characters.
    perform pg_notify('auth_tokens', 'tokens ' || string_agg(hex, ' '))
    from (select encode(digest, 'hex') as hex, row_number() over () / 100 as part from ended) as numbered
    group by part;
    return null;
end $$;

create function tell_changed_account() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_tokens', 'account ' || new.id);
    return null;
end $$;

create function tell_all() returns trigger language plpgsql as $$
begin
    perform pg_notify('auth_tokens', 'all');
    return null;
end $$;

create trigger auth_tokens_ended after delete on auth_tokens
    referencing old table as ended for each statement execute function tell_ended_tokens();

create trigger auth_tokens_changed after update of digest, id, user_id, created_at or truncate on auth_tokens
    for each statement execute function tell_all();

create trigger users_changed after update of email, role, expires_at on users
    for each row when ((old.email, old.role, old.expires_at) is distinct from (new.email, new.role, new.expires_at))
    execute function tell_changed_account();

-- The purge walks by age. An index on the last use would make each note of it cost more than the note itself.
create index auth_tokens_by_age on auth_tokens (created_at);

-- By default a fifth of the rows may be dead before anything is done: of ten million that is too many.
alter table auth_tokens set (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_insert_scale_factor = 0.05,
    autovacuum_analyze_scale_factor = 0.02);
