# Owns one PgBouncer for as long as standard input stays open: when the owner ends, in whatever way, the pipe closes,
# the pooler is ended and its folder removed.
#
# Arguments: the folder, which holds `pgbouncer.ini`, and the program. Files it leaves in the folder: `log`; `ended`
# when the program has ended by itself.
directory=$1
program=$2
umask 077
trap '' HUP INT TERM PIPE

(
    "$program" "$directory/pgbouncer.ini" &
    echo $! >"$directory/pid"
    wait $!
    echo $? >"$directory/ended"
) </dev/null >>"$directory/log" 2>&1 &

# Nothing is ever sent: this ends with the pipe.
cat >/dev/null

[ -e "$directory/ended" ] || kill -s KILL "$(cat "$directory/pid")" 2>/dev/null
rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
