# Runs one PostgreSQL: sh -c "$(cat watch.sh)" sh PROGRAMS
# The first line of its output is the folder, each further one the answer to a command.
set -eu
programs=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/usher-postgres.XXXXXX")
# The last of it: nothing in this cluster is worth more than the test that has it.
trap 'signal CONT 2>/dev/null || true; "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
# What is pressed at a terminal is meant for the tests, whose end is the end of this.
trap '' INT

start() {
    # Nothing here outlives the machine, so nothing waits for the disk.
    "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -s start \
        -o "-k $folder -c listen_addresses= -c max_connections=400 -c fsync=off -c full_page_writes=off" \
        >&2 </dev/null
}

# To the first process of the cluster, and then to all of its children, but for those that have just ended.
signal() {
    first=$(head -n 1 "$folder/data/postmaster.pid")
    kill "-$1" "$first"
    kill "-$1" $(ps -o pid=,ppid= -A | while read -r pid parent; do [ "$parent" != "$first" ] || echo "$pid"; done) 2>/dev/null || true
}

"$programs/initdb" -D "$folder/data" -U usher -A trust -E UTF8 --locale=C --no-sync >/dev/null
start
echo "$folder"
while read -r command name; do
    case $command in
    create) "$programs/createdb" -h "$folder" -U usher -T template0 "$name" ;;
    stop) "$programs/pg_ctl" -D "$folder/data" -m immediate -s stop ;;
    start) start ;;
    # Before its children, so that there are no more of them.
    pause) signal STOP ;;
    resume) signal CONT ;;
    esac
    echo done
done
