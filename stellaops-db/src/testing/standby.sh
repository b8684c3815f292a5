# Owns one hot standby for as long as standard input stays open: when the owner ends, in whatever way, the pipe closes,
# the server is stopped and its folder removed.
#
# Arguments: the folder, the folder of PostgreSQL's programs, that of the primary's socket, its port, the superuser.
# Files it leaves in the folder: `log`; `ended` when the standby has ended by itself, or could not be made.
directory=$1
programs=$2
primary=$3
port=$4
user=$5
umask 077
trap '' HUP INT TERM PIPE

(
    "$programs/pg_basebackup" -h "$primary" -p "$port" -U "$user" -D "$directory/data" -R -X stream -c fast &&
    {
        "$programs/postgres" -D "$directory/data" -c "unix_socket_directories=$directory" -c listen_addresses= \
            -c "port=$port" -c max_connections=200 -c fsync=off -c hot_standby=on -c log_destination=stderr &
        echo $! >"$directory/pid"
        wait $!
    }
    echo $? >"$directory/ended"
) </dev/null >>"$directory/log" 2>&1 &

# Nothing is ever sent: this ends with the pipe.
cat >/dev/null

[ -e "$directory/ended" ] || kill -s QUIT "$(cat "$directory/pid")" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -e "$directory/ended" ] && break
    sleep 0.1
done
rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
