#!/usr/bin/env bash
# Packs the package, installs it into an empty folder and uses it as a stranger would: both commands,
# the three entries, and nothing in the package that a user does not need.
set -euo pipefail
cd "$(dirname "$0")/.."
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

npm pack --pack-destination "$place" --json >"$place/pack.json"
tar -tzf "$place"/bacvault-*.tgz | sort >"$place/list"
if grep -Ev '^package/(dist/(protocol|src|simulator)/|docs/|fixtures/devices/|src/repository/FORMAT\.md$|(package\.json|README\.md|LICENSE|CHANGELOG\.md)$)' "$place/list"; then
  echo "the package holds files that a user does not need" >&2
  exit 1
fi

cd "$place"
echo '{"name":"stranger","private":true,"type":"module"}' >package.json
npm install --no-fund --no-audit --silent ./bacvault-*.tgz
npx --no-install bacvault --version
npx --no-install bacvault-sim --list-quirks >/dev/null
cat >use.mjs <<'JS'
import * as bacvault from 'bacvault';
import * as protocol from 'bacvault/protocol';
import * as simulator from 'bacvault/simulator';
for (const [entry, name] of [[bacvault, 'backup'], [bacvault, 'restore'], [protocol, 'Endpoint'], [simulator, 'createDevice']]) {
  if (typeof entry[name] !== 'function') throw new Error(`${name} is not exported`);
}
JS
node use.mjs
echo "package: $(wc -l <list) files, installs and runs"
