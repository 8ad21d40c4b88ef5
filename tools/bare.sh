#!/bin/bash
# Prove the one-line set-up on a bare Debian: `sudo tools/bare.sh [FOLDER]`, then read the last line.
# Makes a minimal Debian (python3, pip, git and certificates; no venv, no compiler, no browser, no Node) with
# debootstrap, clones HEAD into it, and lets root and an ordinary user each run the demo once and then the tests.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
base=${1:-$(mktemp -d)}
[ "$(id -u)" = 0 ] || { echo "bare: debootstrap and chroot need root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "bare: apt-get install debootstrap" >&2; exit 1; }

if [ ! -d "$base/etc" ]; then
  debootstrap --variant=minbase --include=python3,python3-pip,git,ca-certificates bookworm "$base" >"$base.log" 2>&1
fi
cp /etc/hosts /etc/resolv.conf "$base/etc/"                  # the network of this machine
cp /etc/ssl/certs/ca-certificates.crt "$base/etc/ssl/certs/" # and whom it trusts
chroot "$base" useradd --create-home user 2>/dev/null || true

inside() { # inside USER COMMAND...: in its own mounts, with an empty environment
  local user=$1 home
  shift
  home=$([ "$user" = root ] && echo "$HOME_OF_ROOT" || echo "/home/$user")
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" LANG=C.UTF-8 unshare --mount --propagation private bash -c '
    base=$1 user=$2 home=$3; shift 3
    mount -t proc proc "$base/proc"; mount --rbind /dev "$base/dev"; mount --rbind /sys "$base/sys"
    mount -t tmpfs tmpfs "$base/tmp"; mount -t tmpfs tmpfs "$base/dev/shm"
    exec chroot "$base" su "$user" -c "cd $home/seawarden && $*"' _ "$base" "$user" "$home" "$@"
}
HOME_OF_ROOT=$(chroot "$base" sh -c 'echo ~root')

for user in user root; do
  home=$([ "$user" = root ] && echo "$HOME_OF_ROOT" || echo "/home/$user")
  rm -rf "$base$home/seawarden" "$base$home/.cache"
  git clone -q "$project" "$base$home/seawarden"
  chroot "$base" chown -R "$user" "$home/seawarden"
  echo "== $user: ./run demo"
  inside "$user" ./run demo --no-browser --exit
  echo "== $user: ./run test"
  inside "$user" ./run test
done
echo "== bare: the demo ran and the tests passed, as an ordinary user and as root"
