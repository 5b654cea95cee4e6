create table if not exists tickets (
  tenant text not null,
  id text not null,
  subject text not null,
  email text,
  status text not null,
  assignee_id text,
  team_id text,
  primary key (tenant, id)
);
create index if not exists tickets_of_people on tickets (tenant, assignee_id);
create index if not exists tickets_of_teams on tickets (tenant, team_id);

-- Whoever is asked about without a token. Your directory fills it.
create table if not exists people (
  tenant text not null,
  id text not null,
  roles text not null,
  teams text not null,
  primary key (tenant, id)
);

insert into tickets values
  ('acme', 't1', 'Where is my parcel?', 'kim@example.com', 'open', 'ana', 'sales'),
  ('acme', 't2', 'A second invoice', 'lou@example.com', 'closed', 'ana', 'support'),
  ('acme', 't3', 'Change of address', 'max@example.com', 'waiting', 'bo', 'sales'),
  ('acme', 't4', 'Cannot log in', 'nia@example.com', 'open', 'bo', 'support'),
  ('globex', 't1', 'The price of a reactor', 'oli@example.com', 'open', 'ana', 'sales')
on conflict do nothing;
insert into people values
  ('acme', 'ana', '["agent"]', '["sales"]'),
  ('acme', 'bo', '["agent"]', '["support"]'),
  ('acme', 'cy', '["lead"]', '[]'),
  ('globex', 'ana', '["lead"]', '[]')
on conflict do nothing;
