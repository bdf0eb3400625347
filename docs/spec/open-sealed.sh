#!/bin/sh
# Opens one encrypted file of a Letopis backup, without Letopis: sh open-sealed.sh KEY-FILE FILE.sealed > FILE
# Needs openssl 3, and nothing else that a system has not. The form is described in backup.md. The tags of the frames
# are not checked here: check the file first with `sha256sum -c`.
set -eu
hex() { od -An -v -tx1 | tr -d ' \n'; }
key=$(tr -d ' \r\n' <"$1")
salt=$(dd if="$2" bs=16 skip=1 count=1 2>/dev/null | hex)
file_key=$(openssl kdf -binary -keylen 32 -kdfopt digest:SHA256 -kdfopt "hexkey:$key" \
  -kdfopt "hexsalt:$salt" -kdfopt 'info:letopis backup file 1' HKDF | hex)
size=$(($(wc -c <"$2")))
at=32
frame=0
while [ "$at" -lt "$size" ]; do
  left=$((size - at))
  length=$((left > 1048592 ? 1048592 : left))
  last=$((left == length ? 1 : 0))
  # AES-GCM with a nonce of 12 bytes is AES-CTR from the nonce and the counter 2; the tag is the last 16 bytes.
  counter=$(printf '%022x%02x00000002' "$frame" "$last")
  tail -c "+$((at + 1))" "$2" | head -c "$((length - 16))" |
    openssl enc -d -aes-256-ctr -K "$file_key" -iv "$counter"
  at=$((at + length))
  frame=$((frame + 1))
done
