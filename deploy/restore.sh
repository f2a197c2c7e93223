#!/bin/sh
# backup.sh のファイルから、Redis のデータのフォルダーを作りなおします。
# Redis を止め、フォルダーを空にしてから使います。そのあと Redis を起こし、engawa を起こします。
# engawa は起きるときに「消した鍵の一覧」をもう一度あてはめます。
#
#   deploy/restore.sh ファイル フォルダー
#   deploy/restore.sh /backup/engawa-2026-11-22.rdb /var/lib/redis
#
# Makes the folder of a stopped Redis anew from a file of backup.sh.
set -eu
if [ $# -ne 2 ]; then
	sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
file=$1
dir=$2
if [ -e "$dir/appendonlydir" ]; then
	echo "フォルダーにデータがあります。別の場所へ動かしてからにしてください / not empty: $dir" >&2
	exit 1
fi
umask 077
mkdir -p "$dir"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work" "$dir/restore.rdb"' EXIT
cp "$file" "$dir/restore.rdb"

redis-server --port 0 --unixsocket "$work/s" --dir "$dir" --dbfilename restore.rdb \
	--save "" --appendonly no --appendfsync always --loglevel warning &
server=$!
ask() { redis-cli -s "$work/s" "$@"; }

# 大きなデータは読みこみに時間がかかります。PONG になるまで待ちます。
until [ "$(ask ping 2>/dev/null)" = PONG ]; do
	kill -0 "$server" # 止まっていたら、ここで終わります
	sleep 0.2
done
ask config set appendonly yes >/dev/null
until ask info persistence | tr -d '\r' | grep -qx 'aof_rewrite_in_progress:0' &&
	ask info persistence | tr -d '\r' | grep -qx 'aof_rewrite_scheduled:0'; do
	sleep 0.2
done
ask info persistence | tr -d '\r' | grep -qx 'aof_last_bgrewrite_status:ok'
ask shutdown nosave >/dev/null 2>&1 || true
wait "$server" || true
server=
echo "戻しました。持ち主（chown redis）を確かめてから Redis を起こしてください / done: $dir"
