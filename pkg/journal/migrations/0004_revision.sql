-- +goose Up

-- revision is of the counter of ids: the id at first, a new number when the event is told again.
alter table history add column revision bigint not null default 0;
update history set revision = id;
create index history_by_revision on history (revision);

-- +goose Down
drop index history_by_revision;
alter table history drop column revision;
