-- +goose Up

-- The brain's own objects of targets that are held, as JSON: plugins get them, planning does without.
create table raw (
    source  text   not null,
    kind    text   not null,
    id      text   not null,
    blocker text   not null,
    data    text   not null,
    sum     bigint not null,
    primary key (source, kind, id, blocker)
);
insert into tally (name, many, sum) values ('raw', 0, 0);

-- +goose Down
drop table raw;
delete from tally where name = 'raw';
