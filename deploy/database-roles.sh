#!/bin/bash
# The roles of the database, and their passwords from the environment; safe to repeat.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -f /scripts/postgres-roles.sql
set_password() {
  printf 'alter role %s password :%s;\n' "$1" "'password'" | psql -q -v ON_ERROR_STOP=1 -v "password=$2"
}
set_password letopis_owner "$LETOPIS_OWNER_PASSWORD"
set_password letopis_app "$LETOPIS_APP_PASSWORD"
set_password letopis_auditor "$LETOPIS_AUDITOR_PASSWORD"
