# Owns one throwaway PostgreSQL for as long as standard input stays open: when the owner ends, in whatever way, the
# pipe closes, the server is stopped and its folder removed.
#
# Arguments: the folder, the folder of the programs, then the server's settings. Orders on standard input:
# `restart <signal> <generation>`. Files it leaves in the folder: `log`; `pid` of the server; `ended` with the exit
# status once initdb has failed or the server has ended; `generation` of the server that was started last.
directory=$1
binaries=$2
shift 2
umask 077
trap '' HUP INT TERM PIPE

launch() {
    rm -f "$directory/ended" "$directory/pid" "$directory/data/postmaster.pid"
    (
        "$binaries/postgres" -D "$directory/data" "$@" &
        echo $! >"$directory/pid.new"
        mv "$directory/pid.new" "$directory/pid"
        wait $!
        echo $? >"$directory/ended"
    ) </dev/null >>"$directory/log" 2>&1 &
}

# Asks with the given signal, once a second because a server that is just starting ignores it; insists after ten.
stop() {
    tries=0
    while [ ! -e "$directory/ended" ] && [ $tries -lt 600 ]; do
        if [ $((tries % 20)) -eq 0 ] && [ -e "$directory/pid" ]; then
            signal=$1
            [ $tries -ge 200 ] && signal=QUIT
            [ $tries -ge 400 ] && signal=KILL
            kill -s "$signal" "$(cat "$directory/pid")" 2>/dev/null
        fi
        tries=$((tries + 1))
        sleep 0.05
    done
}

if "$binaries/initdb" --pgdata="$directory/data" --username=postgres --locale=C --encoding=UTF8 --auth=trust \
    --no-sync </dev/null >>"$directory/log" 2>&1
then
    launch "$@"
else
    echo $? >"$directory/ended"
fi

while read -r order signal generation; do
    if [ "$order" = restart ]; then
        stop "$signal"
        launch "$@"
        echo "$generation" >"$directory/generation.new"
        mv "$directory/generation.new" "$directory/generation"
    fi
done

stop INT
rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }
