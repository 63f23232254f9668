#!/usr/bin/env bash
# The integration tests once more, against Debian's PostgreSQL instead of the embedded one: same code, no change.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ]; then
  echo "NOTE: no Debian PostgreSQL on this machine: the second run of the integration tests is skipped"
  exit 0
fi
dir=$(mktemp -d /tmp/cordon-pg.XXXXXX)
port=${CORDON_CI_PG_PORT:-54329}
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$dir"
stop() { as_postgres "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null 2>&1 || true; rm -rf "$dir"; }
trap stop EXIT
password=$(head -c 18 /dev/urandom | base64 | tr '+/' 'ab')
as_postgres sh -c "umask 077; printf '%s' '$password' > '$dir/pw'"
as_postgres "$bin/initdb" -D "$dir/data" -U cordon_admin --pwfile="$dir/pw" --auth=scram-sha-256 --data-checksums -E UTF8 --locale=C.UTF-8 >/dev/null
as_postgres "$bin/pg_ctl" -D "$dir/data" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir" -l "$dir/log" -w start >/dev/null
# Tests that start a whole server have its embedded PostgreSQL, and would run here a second time as they ran before.
on_the_database=(server/src server/test/faults server/test/journeys/visit.int server/test/journeys/voices.int)
echo "integration tests against $("$bin/postgres" --version)"
CORDON_TEST_DATABASE_URL="postgresql://cordon_admin:$password@127.0.0.1:$port/postgres" npm run test:int -- "${on_the_database[@]}"
