#!/usr/bin/env bash
# Runs a command in a D-Bus session of its own, with an empty unlocked keyring that ends with it.
set -euo pipefail
if [ "${AUTH_TEST_KEYCHAIN-}" != 1 ]; then
  exec env AUTH_TEST_KEYCHAIN=1 dbus-run-session -- "$0" "$@"
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
printf 'not-a-secret\n' | HOME="$home" XDG_RUNTIME_DIR="$home" gnome-keyring-daemon --unlock --components=secrets >/dev/null
"$@"
