-- One row for each kind of rows that are deleted when their time is over: all replicas take turns at it.
create table purges (
    kind    text        primary key,
    begun   timestamptz,
    reached timestamptz,
    due     timestamptz not null default now()
);

comment on column purges.begun is 'when the walk through the rows began; null: there is none';
comment on column purges.reached is 'of the rows that were looked at last, so that another replica goes on there';
comment on column purges.due is 'nothing is deleted before';

-- An account that has so many tokens that telling each would flood the queue: all are told to be read anew instead.
create or replace function tell_ended_tokens() returns trigger language plpgsql as $$
begin
    if (select count(*) from (select from ended limit 1001) as counted) > 1000 then
        perform pg_notify('auth_tokens', 'all');
    else
        -- A payload holds less than 8,000 bytes: 100 digests of 65 characters.
        perform pg_notify('auth_tokens', 'tokens ' || string_agg(hex, ' '))
        from (select encode(digest, 'hex') as hex, row_number() over () / 100 as part from ended) as numbered
        group by part;
    end if;
    return null;
end $$;
