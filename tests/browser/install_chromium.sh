#!/bin/sh
# Makes sure that a Chromium is there for the browser tests, the way this system provides one.
# Where none can be had, says so: the browser tests then skip and name the reason.
set -u
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if command -v apt-get >/dev/null 2>&1; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    $as_root apt-get update -qq && $as_root apt-get install -y -qq chromium fonts-dejavu-core && exit 0
fi
.venv/bin/playwright install chromium && exit 0
echo "No Chromium could be installed here: the browser tests will be skipped." >&2
exit 0
