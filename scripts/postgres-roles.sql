-- The three roles of Letopis in a PostgreSQL database; safe to repeat. As a superuser, in the database of Letopis:
--
--   psql -d letopis -f scripts/postgres-roles.sql
--   psql -d letopis -c '\password letopis_owner' -c '\password letopis_app' -c '\password letopis_auditor'
--
-- then `letopis migrate` as the owner, who makes the tables and grants what the others may (docs/runbooks/postgresql.md).
-- Other names: -v owner=… -v app=… -v auditor=…
\set ON_ERROR_STOP on
\if :{?owner} \else \set owner letopis_owner \endif
\if :{?app} \else \set app letopis_app \endif
\if :{?auditor} \else \set auditor letopis_auditor \endif

select format('create role %I login', name)
from unnest(array[:'owner', :'app', :'auditor']) as name
where not exists (select from pg_roles where rolname = name) \gexec

-- The schemas stand before anybody makes a table in them: whoever comes first could be the application.
select format('create schema if not exists %I authorization %I', name, :'owner')
from unnest(array['letopis', 'log', 'person', 'access', 'projection']) as name
where to_regnamespace(name) is null \gexec

-- The owner makes the tables. The application makes read models, which may be thrown away at any time; the owner is a
-- member of it, so that it can hand over what was made before there were roles.
grant :"app" to :"owner";
select format('grant connect, create on database %I to %I, %I', current_database(), :'owner', :'app') \gexec
select format('grant connect on database %I to %I', current_database(), :'auditor') \gexec

-- An auditor reads, of all schools.
alter role :"auditor" set default_transaction_read_only = on;
alter role :"auditor" set letopis.school = '*';
