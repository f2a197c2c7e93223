#!/bin/sh
# データの Redis のバックアップを1つのファイルに取ります。動かしたまま取れます。
# 鍵の Redis には使わないでください（消した鍵が残ります。runbook/delete.md）。
#
#   deploy/backup.sh ファイル [redis-cli に渡すもの…]
#   deploy/backup.sh /backup/engawa-2026-11-22.rdb -u redis://127.0.0.1:6379/0
#   パスワードは REDISCLI_AUTH に入れます（引数に書くと、ほかの人に見えます）。
#
# Takes a backup of the data store into one file while it runs. Not for the key store.
set -eu
if [ $# -lt 1 ]; then
	sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
file=$1
shift
if [ -e "$file" ]; then
	echo "もうあります。上書きはしません / already there: $file" >&2
	exit 1
fi
umask 077
part="$file.part"
trap 'rm -f "$part"' EXIT
redis-cli "$@" --rdb "$part" >/dev/null
redis-check-rdb "$part" >/dev/null
mv "$part" "$file"
echo "取りました / done: $file"
