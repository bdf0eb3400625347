#!/bin/bash
# An authority of our own and a certificate for each node of EventStoreDB; what is there is left as it is.
#
#   certificates.sh <node>…      names by which clients and nodes reach it, as the network resolves them
#
# /private holds every key, for the servers alone; /public the certificate of the authority, for whoever connects.
set -euo pipefail
cd /private
[ -f ca/ca.crt ] || es-gencert-cli create-ca -out ./ca
for node in "$@"; do
  [ -f "$node/node.crt" ] || es-gencert-cli create-node -ca-certificate ./ca/ca.crt -ca-key ./ca/ca.key \
    -out "./$node" -ip-addresses 127.0.0.1 -dns-names "$node,localhost"
  # Of the directory of trusted authorities a server needs the certificate, and not its key.
  mkdir -p "$node/trusted" && cp ca/ca.crt "$node/trusted/"
done
cp ca/ca.crt /public/ca.crt
# The server runs as user 1000 of its image.
chown -R 1000:1000 /private && chmod -R go= /private && chmod 444 /public/ca.crt
