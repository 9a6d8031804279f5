-- Each reading of the log asks for the largest id, ten times a second.
create index revocations_by_id on revocations (id);
