alter table audit_events add column trace_id text;

comment on column audit_events.trace_id is 'of the request (W3C Trace Context), 32 hexadecimal digits';
